using System.Collections.Concurrent;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Fetches the files that clients sent, a few at a time: at once when a text brings one, again later when the carrier
/// could not give it.
/// </summary>
public sealed partial class AttachmentWorker(
    AttachmentFetching fetching,
    AttachmentSignal signal,
    ILogger<AttachmentWorker> log
) : BackgroundService
{
    private const int MostUnderWay = 4;

    /// <summary>How often it looks when nobody wakes it: attempts due later, and those another node did not end.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Id<Attachment>, Task> _underWay = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await StartDueAsync(stoppingToken);
                await signal.WaitAsync(Round, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_underWay.Values);
        }
    }

    private async Task StartDueAsync(CancellationToken stopping)
    {
        var free = MostUnderWay - _underWay.Count;
        if (free <= 0)
        {
            return;
        }
        try
        {
            foreach (var id in await fetching.DueAsync([.. _underWay.Keys], free, stopping))
            {
                _underWay[id] = Task.Run(() => FetchAsync(id, stopping), CancellationToken.None);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogRound(failure);
        }
    }

    private async Task FetchAsync(Id<Attachment> id, CancellationToken stopping)
    {
        var ended = false;
        try
        {
            await fetching.FetchAsync(id, stopping);
            ended = true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The app stops; the next start goes on.
        }
        catch (Exception failure)
        {
            LogFailed(failure, id);
        }
        finally
        {
            _underWay.TryRemove(id, out _);
            if (ended)
            {
                // Its place is free for the next. While nothing can be written each fails at once: the next look is soon enough.
                signal.Wake();
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The files that are due could not be read; trying again")]
    private partial void LogRound(Exception failure);

    [LoggerMessage(LogLevel.Error, "File {Attachment} could not be fetched; trying again later")]
    private partial void LogFailed(Exception failure, Id<Attachment> attachment);
}
