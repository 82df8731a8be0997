using MudBlazor;

namespace Clinic.Inbox.Layout;

/// <summary>
/// The product's colours and type, for MudBlazor's parts and, through <c>--mud-palette-*</c>, for our own css
/// (<c>css/app.css</c> names them again). One accent, teal; red is for the light, failures and destructive actions only.
/// Every pair is WCAG 2.2 AA: <c>ClinicThemeTests</c> measures them.
/// </summary>
public sealed class ClinicTheme : MudTheme
{
    /// <summary>The one instance; nothing in it changes.</summary>
    public static readonly ClinicTheme Instance = new();

    /// <summary>The same, where <c>html</c> is marked as dark.</summary>
    public static readonly ClinicTheme InDark = new()
    {
        PseudoCss = new PseudoCss { Scope = ":root[data-theme=\"dark\"]" },
    };

    private static readonly string[] Font =
    [
        "Inter Variable",
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "sans-serif",
    ];

    public ClinicTheme()
    {
        PaletteLight = Light();
        PaletteDark = Dark();
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" };
        Typography = Type();
    }

    private static PaletteLight Light() =>
        new()
        {
            Background = "#f4f7f7",
            BackgroundGray = "#e9eeee",
            Surface = "#ffffff",
            TextPrimary = "#162022",
            TextSecondary = "#4c5c60",
            TextDisabled = "#6b7a7e",
            ActionDefault = "#4c5c60",
            ActionDisabled = "#8b999c",
            ActionDisabledBackground = "#e2e8e8",
            Divider = "#dbe3e3",
            DividerLight = "#e9eeee",
            LinesDefault = "#dbe3e3",
            LinesInputs = "#6d7f83",
            TableLines = "#dbe3e3",
            TableHover = "#f4f7f7",
            Primary = "#0b746e",
            PrimaryContrastText = "#ffffff",
            PrimaryDarken = "#085a56",
            PrimaryLighten = "#0f8d86",
            Secondary = "#4c5c60",
            SecondaryContrastText = "#ffffff",
            Tertiary = "#1d66a8",
            TertiaryContrastText = "#ffffff",
            Error = "#c4231c",
            ErrorContrastText = "#ffffff",
            ErrorDarken = "#a01b15",
            Warning = "#8a5300",
            WarningContrastText = "#ffffff",
            Success = "#1a7237",
            SuccessContrastText = "#ffffff",
            Info = "#1d66a8",
            InfoContrastText = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#162022",
            DrawerBackground = "#0f2b2c",
            DrawerText = "#c3d8d6",
            DrawerIcon = "#ffffff",
            OverlayDark = "rgba(10,22,24,0.5)",
            Skeleton = "rgba(22,32,34,0.09)",
        };

    private static PaletteDark Dark() =>
        new()
        {
            Background = "#0f1516",
            BackgroundGray = "#0a0f10",
            Surface = "#182123",
            TextPrimary = "#e7eeee",
            TextSecondary = "#a3b3b6",
            TextDisabled = "#7f9195",
            ActionDefault = "#a3b3b6",
            ActionDisabled = "#627175",
            ActionDisabledBackground = "#232e31",
            Divider = "#2c393c",
            DividerLight = "#232e31",
            LinesDefault = "#2c393c",
            LinesInputs = "#748a8f",
            TableLines = "#2c393c",
            TableHover = "#1f2a2c",
            Primary = "#55c7bb",
            PrimaryContrastText = "#04211f",
            PrimaryDarken = "#74d6cb",
            PrimaryLighten = "#8ce0d7",
            Secondary = "#a3b3b6",
            SecondaryContrastText = "#0f1516",
            Tertiary = "#7dbcf5",
            TertiaryContrastText = "#03192d",
            Error = "#ff8077",
            ErrorContrastText = "#2d0503",
            ErrorDarken = "#ff9b94",
            Warning = "#f0b45a",
            WarningContrastText = "#2b1a00",
            Success = "#6fd08c",
            SuccessContrastText = "#04210d",
            Info = "#7dbcf5",
            InfoContrastText = "#03192d",
            AppbarBackground = "#182123",
            AppbarText = "#e7eeee",
            DrawerBackground = "#0a0f10",
            DrawerText = "#a3b3b6",
            DrawerIcon = "#e7eeee",
            OverlayDark = "rgba(0,0,0,0.6)",
            Skeleton = "rgba(231,238,238,0.1)",
        };

    private static Typography Type()
    {
        static T Of<T>(string size, string weight, string line)
            where T : BaseTypography, new() =>
            new()
            {
                FontFamily = Font,
                FontSize = size,
                FontWeight = weight,
                LineHeight = line,
                LetterSpacing = "normal",
                TextTransform = "none",
            };
        return new Typography
        {
            Default = Of<DefaultTypography>("0.9375rem", "400", "1.45"),
            H1 = Of<H1Typography>("1.5rem", "650", "1.25"),
            H2 = Of<H2Typography>("1.25rem", "650", "1.3"),
            H3 = Of<H3Typography>("1.0625rem", "650", "1.35"),
            H4 = Of<H4Typography>("1rem", "650", "1.4"),
            H5 = Of<H5Typography>("0.9375rem", "650", "1.4"),
            H6 = Of<H6Typography>("0.9375rem", "600", "1.4"),
            Subtitle1 = Of<Subtitle1Typography>("0.9375rem", "600", "1.45"),
            Subtitle2 = Of<Subtitle2Typography>("0.8125rem", "600", "1.4"),
            Body1 = Of<Body1Typography>("0.9375rem", "400", "1.45"),
            Body2 = Of<Body2Typography>("0.875rem", "400", "1.45"),
            Button = Of<ButtonTypography>("0.875rem", "600", "1.45"),
            Caption = Of<CaptionTypography>("0.8125rem", "400", "1.4"),
            Overline = Of<OverlineTypography>("0.75rem", "600", "1.4"),
        };
    }
}
