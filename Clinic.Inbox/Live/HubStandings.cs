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
                var id = listener.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";
                var stands = id.StartsWith(ApiKeyHandler.ActorPrefix, StringComparison.Ordinal)
                    ? valid.Contains(id)
                    : await sessions.LooksUpAsync(listener.User, cancellation)
                        && await signIn.ValidateSecurityStampAsync(listener.User) is not null;
                if (!stands)
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
