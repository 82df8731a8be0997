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

    internal const string LightBar = "#0f2b2c";
    internal const string DarkBar = "#0a0f10";

    public bool Dark => Choice == DarkChoice || (Choice == Auto && SystemDark);

    /// <summary>The colour of the browser's own bars: the rail's.</summary>
    public string BarColor => Dark ? DarkBar : LightBar;

    /// <summary>Any choice but <c>light</c> and <c>dark</c> is <c>auto</c>.</summary>
    public static Appearance Read(HttpRequest request)
    {
        var choice = request.Cookies[Cookie];
        var hint = request.Headers[Hint].ToString().Trim('"');
        var system = hint.Length > 0 ? hint : request.Cookies[SystemCookie];
        return new(choice is Light or DarkChoice ? choice : Auto, system == DarkChoice);
    }
}
