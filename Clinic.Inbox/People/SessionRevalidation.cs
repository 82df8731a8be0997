using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>
/// Holds an open circuit's session against the database: a user who was deactivated, got another role or another password
/// is signed out of it.
/// </summary>
internal sealed class SessionRevalidation(
    ILoggerFactory logs,
    IServiceScopeFactory scopes,
    SessionChecks checks
) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => checks.Every;

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var signIn = scope.ServiceProvider.GetRequiredService<SignInManager<InboxUser>>();
        return await signIn.ValidateSecurityStampAsync(authenticationState.User) is { } user
            && user.Role == authenticationState.User.Role();
    }
}
