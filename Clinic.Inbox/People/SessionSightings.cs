using System.Collections.Concurrent;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.People;

/// <summary>
/// Writes down when sessions were last used, beside the requests that use them: while nothing can be written, what can be
/// read opens all the same. What could not be written is kept and written later.
/// </summary>
public sealed partial class SessionSightings(InboxWriter writer, ILogger<SessionSightings> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Id<UserSession>, DateTimeOffset> _seen = new();
    private readonly SemaphoreSlim _some = new(0, 1);

    /// <summary>A session was used; it is written down soon.</summary>
    internal void Saw(Id<UserSession> id, DateTimeOffset at)
    {
        _seen[id] = at;
        Wake();
    }

    public override void Dispose()
    {
        _some.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _some.WaitAsync(stoppingToken);
            try
            {
                await WriteAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogNotWritten(failure);
                await Task.Delay(Pause, stoppingToken);
                Wake();
            }
        }
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        foreach (var sighting in _seen.ToArray())
        {
            var (id, at) = sighting;
            await writer.RunAsync(
                session =>
                    session
                        .Db.UserSessions.Where(s => s.Id == id && s.SeenAt < at)
                        .ExecuteUpdateAsync(
                            s => s.SetProperty(x => x.SeenAt, at),
                            CancellationToken.None
                        ),
                cancellation
            );
            // Only if it was not used again meanwhile.
            _seen.TryRemove(sighting);
        }
    }

    private void Wake()
    {
        try
        {
            _some.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to write anyway.
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "When sessions were last used could not be written down; it is tried again"
    )]
    private partial void LogNotWritten(Exception failure);
}
