using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>
/// Holds an open circuit's session against the database: a user who was deactivated, got another role or another password
/// is signed out of it.
/// </summary>
internal sealed partial class SessionRevalidation(
    ILoggerFactory logs,
    IServiceScopeFactory scopes,
    SessionChecks checks
) : RevalidatingServerAuthenticationStateProvider(logs)
{
    private readonly ILogger _log = logs.CreateLogger<SessionRevalidation>();

    protected override TimeSpan RevalidationInterval => checks.Every;

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var signIn = scope.ServiceProvider.GetRequiredService<SignInManager<InboxUser>>();
            return await signIn.ValidateSecurityStampAsync(authenticationState.User) is { } user
                && user.Role == authenticationState.User.Role();
        }
        catch (ObjectDisposedException)
        {
            // The app has ended and this circuit with it: there is nothing left to ask, and no next round.
            return false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A database that is away for a moment must not empty every screen of the desk, and while it is away nobody
            // can do anything with their session. The next check decides.
            LogNotChecked(failure);
            return true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A session could not be checked; it is at the next round")]
    private partial void LogNotChecked(Exception failure);
}
