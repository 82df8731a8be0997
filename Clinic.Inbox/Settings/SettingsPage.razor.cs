using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Clinic.Inbox.Settings;

/// <summary>All settings, and above them what is on, off, missing or failing, each seen by whoever may change it.</summary>
public sealed partial class SettingsPage(
    StandingBoard board,
    IAuthorizationService authorization,
    AuthenticationStateProvider session,
    ILogger<SettingsPage> log
) : LoadedPage(log)
{
    [PersistentState]
    public Standing[]? Standings { get; set; }

    protected override async Task LoadAsync()
    {
        if (Standings is not null)
        {
            return;
        }
        var user = (await session.GetAuthenticationStateAsync()).User;
        var allowed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var policy in (string[])[Policies.Manage, Policies.Administer])
        {
            if ((await authorization.AuthorizeAsync(user, resource: null, policy)).Succeeded)
            {
                allowed.Add(policy);
            }
        }
        Standings =
            allowed.Count == 0
                ? []
                : [.. (await board.LookAsync(Cancellation)).Where(s => allowed.Contains(s.Policy))];
    }
}
