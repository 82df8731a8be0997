namespace Clinic.Inbox.Layout;

/// <summary>Light or dark, as the person chose or their device prefers.</summary>
/// <param name="Choice"><c>light</c>, <c>dark</c> or <c>auto</c>.</param>
/// <param name="SystemDark">The device prefers dark, as far as the server could know.</param>
public sealed record Appearance(string Choice, bool SystemDark)
{
    public const string Light = "light";
    public const string DarkChoice = "dark";
    public const string Auto = "auto";

    /// <summary>Holds the choice. Read while prerendering, so that a page never flashes in the other colours.</summary>
    public const string Cookie = "theme";

    /// <summary>What the device preferred on the last page, for browsers that send no hint (Firefox, Safari).</summary>
    public const string SystemCookie = "theme-system";

    /// <summary>Client hint of Chromium browsers; <see cref="SecurityHeaders"/> asks for it.</summary>
    public const string Hint = "Sec-CH-Prefers-Color-Scheme";

    public bool Dark => Choice == DarkChoice || (Choice == Auto && SystemDark);

    /// <summary>The colour of the browser's own bars: the rail's.</summary>
    public string BarColor => Dark ? "#0a0f10" : "#0f2b2c";

    public static Appearance Read(HttpRequest request)
    {
        var hint = request.Headers[Hint].ToString().Trim('"');
        var system = hint.Length > 0 ? hint : request.Cookies[SystemCookie];
        return Of(request.Cookies[Cookie], system == DarkChoice);
    }

    /// <summary>Anything but <c>light</c> and <c>dark</c> is <c>auto</c>.</summary>
    public static Appearance Of(string? choice, bool systemDark) =>
        new(choice is Light or DarkChoice ? choice : Auto, systemDark);
}
