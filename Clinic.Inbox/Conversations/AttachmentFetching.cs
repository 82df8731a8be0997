using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>A file that is ours to fetch now.</summary>
internal sealed record FetchClaim(
    Id<Attachment> Id,
    string Url,
    int Attempt,
    DateTimeOffset SentAt
);

/// <summary>
/// One file on its way from the carrier into storage: claim, fetch, check by content, write, commit. The file is on
/// the disk before the commit says so; a crash in between repeats the attempt, which writes the same file again.
/// </summary>
public sealed partial class AttachmentFetching(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    MediaFetcher media,
    AttachmentInspection inspection,
    AttachmentStore store,
    AttachmentMetrics metrics,
    TimeProvider clock,
    ILogger<AttachmentFetching> log
)
{
    /// <summary>Vonage keeps a file for 48 hours.</summary>
    private static readonly TimeSpan KeptByCarrier = TimeSpan.FromHours(48);

    /// <summary>An attempt takes a minute and a bit at most; after this another may take over.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Pauses after the first attempts; then an hour each.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(10),
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15),
    ];

    /// <summary>At most <paramref name="limit"/> files that are due, the longest due first.</summary>
    internal async Task<List<Id<Attachment>>> DueAsync(
        IReadOnlyCollection<Id<Attachment>> except,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        return await db
            .Attachments.Where(a => a.State == AttachmentState.Pending && a.NextAttemptAt <= now)
            .Where(a => !except.Contains(a.Id))
            .OrderBy(a => a.NextAttemptAt)
            .Select(a => a.Id)
            .Take(limit)
            .ToListAsync(cancellation);
    }

    /// <summary>Makes one attempt, if nobody else is making it. Never throws but for cancellation.</summary>
    internal async Task FetchAsync(Id<Attachment> id, CancellationToken cancellation)
    {
        var claim = await writer.RunAsync(session => ClaimAsync(session, id), cancellation);
        if (claim is null)
        {
            return;
        }
        try
        {
            var outcome = await AttemptAsync(claim, cancellation);
            await RecordAsync(claim, outcome);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The app stops: whoever starts next need not wait for the lease's end.
            await writer.RunAsync(session => ReleaseAsync(session, id), CancellationToken.None);
            throw;
        }
    }

    private async Task<FetchOutcome> AttemptAsync(FetchClaim claim, CancellationToken cancellation)
    {
        switch (await media.FetchAsync(claim.Url, cancellation))
        {
            case MediaFetchResult.Refused refused:
                return new FetchOutcome.Never($"{refused.Reason} {FetchOutcome.AskAgain}");
            case MediaFetchResult.Failed failed:
                return new FetchOutcome.Later(failed.Reason);
            case MediaFetchResult.Fetched fetched:
                try
                {
                    return await inspection.KeepAsync(claim.Id, fetched.Content, cancellation);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogNotStored(failure, claim.Id);
                    return new FetchOutcome.Later("It could not be stored here.");
                }
            default:
                throw new InvalidOperationException("A download ended in a way that is not known.");
        }
    }

    private async Task RecordAsync(FetchClaim claim, FetchOutcome outcome)
    {
        if (outcome is FetchOutcome.Later && clock.GetUtcNow() >= claim.SentAt + KeptByCarrier)
        {
            outcome = new FetchOutcome.Never(
                $"The carrier kept it for 48 hours and it could not be fetched. {FetchOutcome.AskAgain}"
            );
        }
        var recorded = await writer.RunAsync(
            session => RecordAsync(session, claim, outcome),
            CancellationToken.None
        );
        if (!recorded)
        {
            // Its conversation was deleted while it was on its way: nothing of it may stay.
            store.Delete(claim.Id);
        }
        metrics.Fetched(recorded ? outcome.Name : "deleted");
        LogFetched(claim.Id, claim.Attempt, recorded ? outcome.Name : "deleted");
    }

    private static async Task<FetchClaim?> ClaimAsync(WriteSession session, Id<Attachment> id)
    {
        // On PostgreSQL two nodes may want it: the row's lock and its time decide.
        await session.LockAsync("Attachments", "Id", id.ToString());
        var attachment = await session.Db.Attachments.FirstOrDefaultAsync(a => a.Id == id);
        if (
            attachment is not { State: AttachmentState.Pending, SourceUrl: { } url }
            || attachment.NextAttemptAt > session.Now
        )
        {
            return null;
        }
        var pause = PauseAfter(attachment.Attempts + 1);
        attachment.BeginAttempt(session.Now + (pause > Lease ? pause : Lease));
        await session.Db.SaveChangesAsync();
        var sentAt = await session
            .Db.Messages.Where(m => m.Id == attachment.MessageId)
            .Select(m => m.At)
            .SingleAsync();
        return new FetchClaim(id, url, attachment.Attempts, sentAt);
    }

    /// <summary>Returns false when the file is not there any more.</summary>
    private static async Task<bool> RecordAsync(
        WriteSession session,
        FetchClaim claim,
        FetchOutcome outcome
    )
    {
        await session.LockAsync("Attachments", "Id", claim.Id.ToString());
        var attachment = await session.Db.Attachments.FirstOrDefaultAsync(a => a.Id == claim.Id);
        if (attachment is not { State: AttachmentState.Pending })
        {
            return attachment is not null;
        }
        switch (outcome)
        {
            case FetchOutcome.Stored stored:
                attachment.Stored(
                    stored.Kind.ContentType,
                    stored.Size,
                    stored.Width,
                    stored.Height,
                    stored.HasThumbnail
                );
                break;
            case FetchOutcome.Never never:
                attachment.GiveUp(never.Reason);
                break;
            case FetchOutcome.Later later:
                attachment.TryAgain(session.Now + PauseAfter(claim.Attempt), later.Reason);
                break;
        }
        await session.Db.SaveChangesAsync();
        var message = await session
            .Db.Messages.Include(m => m.Attachments)
            .SingleAsync(m => m.Id == attachment.MessageId);
        session.PublishMessage(message);
        return true;
    }

    private static async Task ReleaseAsync(WriteSession session, Id<Attachment> id)
    {
        var attachment = await session.Db.Attachments.FirstOrDefaultAsync(a =>
            a.Id == id && a.State == AttachmentState.Pending
        );
        attachment?.TryAgain(session.Now, error: null);
        await session.Db.SaveChangesAsync();
    }

    private static TimeSpan PauseAfter(int attempts) =>
        attempts <= Pauses.Length ? Pauses[attempts - 1] : TimeSpan.FromHours(1);

    [LoggerMessage(LogLevel.Information, "File {Attachment}, attempt {Attempt}: {Outcome}")]
    private partial void LogFetched(Id<Attachment> attachment, int attempt, string outcome);

    [LoggerMessage(LogLevel.Error, "File {Attachment} could not be stored; trying again later")]
    private partial void LogNotStored(Exception failure, Id<Attachment> attachment);
}
