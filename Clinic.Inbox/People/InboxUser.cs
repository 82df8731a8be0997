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
}
