using System.Security.Claims;
using Clinic.Inbox.Api;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.Live;

/// <summary>
/// Ends hub connections whose key was revoked or whose session ended: at once, on whichever node, and where that was not
/// heard within <see cref="SessionChecks.Every"/>. A connection outlives the request that was checked.
/// </summary>
internal sealed class HubStandings(
    Feed feed,
    InboxBroadcaster broadcaster,
    ApiKeys keys,
    SessionBook sessions,
    SessionChecks checks,
    IServiceScopeFactory scopes,
    ILogger<HubStandings> log
) : BackgroundService
{
    private readonly SemaphoreSlim _now = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = feed.Subscribe(change =>
        {
            if (
                change is InboxEvent.AccessChanged or InboxEvent.SessionsEnded or InboxEvent.CatchUp
            )
            {
                LookNow();
            }
        });
        while (!stoppingToken.IsCancellationRequested)
        {
            await _now.WaitAsync(checks.Every, stoppingToken);
            await CheckAsync(stoppingToken);
        }
    }

    public override void Dispose()
    {
        _now.Dispose();
        base.Dispose();
    }

    private async Task CheckAsync(CancellationToken cancellation)
    {
        try
        {
            var valid = (await keys.ListAsync(cancellation))
                .Where(k => !k.IsRevoked)
                .Select(k => ApiKeyHandler.ActorPrefix + k.Id)
                .ToHashSet(StringComparer.Ordinal);
            await using var scope = scopes.CreateAsyncScope();
            var signIn = scope.ServiceProvider.GetRequiredService<SignInManager<InboxUser>>();
            foreach (var listener in broadcaster.Listeners)
            {
                if (!await StandsAsync(listener.User, valid, signIn, cancellation))
                {
                    listener.Abort();
                }
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogCheckFailed(failure);
        }
    }

    private async Task<bool> StandsAsync(
        ClaimsPrincipal user,
        HashSet<string> keysThatHold,
        SignInManager<InboxUser> signIn,
        CancellationToken cancellation
    )
    {
        var id = user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";
        if (id.StartsWith(ApiKeyHandler.ActorPrefix, StringComparison.Ordinal))
        {
            return keysThatHold.Contains(id);
        }
        try
        {
            return await sessions.LooksUpAsync(user, cancellation)
                && await signIn.ValidateSecurityStampAsync(user) is not null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // It is looked at again at the next round; those after it now.
            log.LogCheckFailed(failure);
            return true;
        }
    }

    private void LookNow()
    {
        try
        {
            _now.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to look anyway.
        }
    }
}
