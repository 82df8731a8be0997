using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>Somebody who works at the clinic.</summary>
public sealed class InboxUser : IdentityUser
{
    public string DisplayName { get; set; } = "";

    /// <summary>One of <see cref="Roles"/>.</summary>
    public string Role { get; set; } = Roles.FrontDesk;

    /// <summary>A deactivated user can't sign in, and open sessions end within a minute.</summary>
    public bool Active { get; set; } = true;

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

    // Cookies, circuits and links all carry the stamp and count for nothing once it is another.
    private void EndSessions()
    {
        SecurityStamp = Guid.NewGuid().ToString("N");
        ConcurrencyStamp = Guid.NewGuid().ToString();
    }
}
