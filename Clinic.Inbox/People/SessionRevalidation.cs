using System.Security.Claims;
using Clinic.Inbox.Live;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>
/// Holds an open circuit's session against the database: a user whose session ended, who was deactivated, got another
/// role or another password is signed out of it. At once when it is told so (<see cref="CircuitSession"/>), else at the
/// next round.
/// </summary>
internal sealed partial class SessionRevalidation(
    ILoggerFactory logs,
    IServiceScopeFactory scopes,
    SessionBook sessions,
    SessionChecks checks
) : RevalidatingServerAuthenticationStateProvider(logs)
{
    private readonly ILogger _log = logs.CreateLogger<SessionRevalidation>();

    protected override TimeSpan RevalidationInterval => checks.Every;

    /// <summary>Looks now, and signs the circuit out when its session has ended.</summary>
    public async Task LookNowAsync()
    {
        var now = await GetAuthenticationStateAsync();
        if (
            now.User.Identity?.IsAuthenticated is true
            && !await ValidateAuthenticationStateAsync(now, CancellationToken.None)
        )
        {
            SetAuthenticationState(
                Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity())))
            );
        }
    }

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (!await sessions.LooksUpAsync(authenticationState.User, cancellationToken))
            {
                return false;
            }
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

/// <summary>Ends an open circuit's session as soon as it is heard, on whichever node, that one of its user's has ended.</summary>
internal sealed partial class CircuitSession(
    Feed feed,
    AuthenticationStateProvider state,
    ILogger<CircuitSession> log
) : CircuitHandler
{
    private IDisposable? _listening;

    public override async Task OnCircuitOpenedAsync(
        Circuit circuit,
        CancellationToken cancellationToken
    )
    {
        var user = (await state.GetAuthenticationStateAsync()).User.FindFirstValue(
            ClaimTypes.NameIdentifier
        );
        if (user is null || state is not SessionRevalidation session)
        {
            return;
        }
        _listening = feed.Subscribe(change =>
        {
            if (
                change is InboxEvent.CatchUp
                || change is InboxEvent.SessionsEnded(var whose) && whose == user
            )
            {
                // The feed waits for nobody.
                _ = Task.Run(() => LookAsync(session), CancellationToken.None);
            }
        });
        // What ended while the page was on its way.
        await session.LookNowAsync();
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _listening?.Dispose();
        return Task.CompletedTask;
    }

    private async Task LookAsync(SessionRevalidation session)
    {
        try
        {
            await session.LookNowAsync();
        }
        catch (Exception failure)
        {
            LogNotLooked(failure);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A session that may have ended could not be looked at now")]
    private partial void LogNotLooked(Exception failure);
}
