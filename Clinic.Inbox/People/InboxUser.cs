using System.Globalization;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>Somebody who works at the clinic.</summary>
public sealed class InboxUser : IdentityUser
{
    public string DisplayName { get; set; } = "";

    /// <summary>One of <see cref="Roles"/>.</summary>
    public string Role { get; set; } = Roles.FrontDesk;

    /// <summary>A deactivated user can't sign in, and open sessions end at once.</summary>
    public bool Active { get; set; } = true;

    /// <summary>Codes of the authenticator app that were used lately, each with its second: see <see cref="TryUseCode"/>.</summary>
    public string UsedCodes { get; private set; } = "";

    /// <summary>
    /// Uses a code that was found right. False when it was used before: a code opens once (NIST SP 800-63B, 3.1.4.2),
    /// though its time is longer.
    /// </summary>
    public bool TryUseCode(string code, DateTimeOffset now)
    {
        // Longer than Identity takes a code: two steps of 30 seconds to either side.
        var since = now.AddMinutes(-5).ToUnixTimeSeconds();
        var used = UsedCodes
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(entry =>
                long.Parse(
                    entry[(entry.IndexOf(':', StringComparison.Ordinal) + 1)..],
                    CultureInfo.InvariantCulture
                ) > since
            )
            .ToList();
        if (used.Exists(entry => entry.StartsWith(code + ":", StringComparison.Ordinal)))
        {
            return false;
        }
        used.Add(string.Create(CultureInfo.InvariantCulture, $"{code}:{now.ToUnixTimeSeconds()}"));
        UsedCodes = string.Join(' ', used);
        return true;
    }

    /// <summary>Forgets the authenticator app; open sessions end. What else proves them is the caller's to remove.</summary>
    public void LoseSecondFactor()
    {
        TwoFactorEnabled = false;
        UsedCodes = "";
        EndSessions();
    }

    /// <summary>Gives another role; open sessions end, since they carry the old one.</summary>
    /// <exception cref="ArgumentException">It is none of <see cref="Roles"/>.</exception>
    public void GiveRole(string role)
    {
        if (!Roles.All.Contains(role, StringComparer.Ordinal))
        {
            throw new ArgumentException($"'{role}' is no role.", nameof(role));
        }
        Role = role;
        EndSessions();
    }

    /// <summary>Shuts the account: no sign-in, no open session, no unused link.</summary>
    public void Deactivate()
    {
        Active = false;
        EndSessions();
    }

    /// <summary>Opens the account again, with the password it had.</summary>
    public void Reactivate()
    {
        Active = true;
        EndSessions();
    }

    /// <summary>Whatever was opened with the account or would open it is void: cookies, circuits and links carry the stamp.</summary>
    internal void EndSessions()
    {
        SecurityStamp = Guid.NewGuid().ToString("N");
        ConcurrencyStamp = Guid.NewGuid().ToString();
    }
}
