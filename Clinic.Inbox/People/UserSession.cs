using Clinic.Inbox.Data;

namespace Clinic.Inbox.People;

/// <summary>With what somebody proved who they are.</summary>
public enum SignInFactors
{
    Password,
    PasswordAndCode,
    PasswordAndRecoveryCode,
    PasswordAndPasskey,

    /// <summary>Two factors in one: the device, and what unlocks it.</summary>
    Passkey,
}

internal static class FactorWords
{
    /// <summary>As people read it.</summary>
    public static string Words(this SignInFactors with) =>
        with switch
        {
            SignInFactors.Passkey => "passkey",
            SignInFactors.PasswordAndCode => "password and code",
            SignInFactors.PasswordAndRecoveryCode => "password and recovery code",
            SignInFactors.PasswordAndPasskey => "password and passkey",
            _ => "password",
        };
}

/// <summary>
/// One sign-in on one device, from its beginning to its end. The cookie names it; a cookie whose session has ended opens
/// nothing.
/// </summary>
public sealed class UserSession
{
    /// <summary>After this long somebody signs in anew, however much the session was used.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private UserSession() { }

    public UserSession(
        Id<UserSession> id,
        string userId,
        SignInFactors factors,
        bool keep,
        SessionPlace place,
        DateTimeOffset now
    )
    {
        Id = id;
        UserId = userId;
        Factors = factors;
        Keep = keep;
        Device = place.Device;
        Address = place.Address;
        StartedAt = SeenAt = now;
    }

    public Id<UserSession> Id { get; private set; }
    public string UserId { get; private set; } = "";
    public SignInFactors Factors { get; private set; }

    /// <summary>They chose to stay signed in on this device.</summary>
    public bool Keep { get; private set; }

    /// <summary>Browser and system as people call them.</summary>
    public string Device { get; private set; } = "";

    /// <summary>Where it began.</summary>
    public string Address { get; private set; } = "";
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>When it was last used, give or take <see cref="SessionBook.SeenEvery"/>.</summary>
    public DateTimeOffset SeenAt { get; private set; }

    /// <summary>Signed out, put out, or replaced; null while it lasts.</summary>
    public DateTimeOffset? EndedAt { get; private set; }
}

/// <summary>From where somebody signs in.</summary>
public sealed record SessionPlace(string Device, string Address)
{
    /// <summary>Browsers, the more special first: most of them call themselves Safari too.</summary>
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    ];

    /// <summary>Of a request. Nothing of what the browser calls itself is kept but names that are known.</summary>
    public static SessionPlace Of(HttpContext context)
    {
        var agent = context.Request.Headers.UserAgent.ToString();
        var browser = Array.Find(Browsers, b => Has(b.Mark)).Name ?? "A browser";
        var system = Array.Find(Systems, s => Has(s.Mark)).Name;
        var address = context.Connection.RemoteIpAddress;
        return new SessionPlace(
            system is null ? browser : $"{browser} on {system}",
            (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString()
                ?? ""
        );

        bool Has(string mark) => agent.Contains(mark, StringComparison.Ordinal);
    }
}
