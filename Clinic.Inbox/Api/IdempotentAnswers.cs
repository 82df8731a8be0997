using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Api;

/// <summary>What is known of an Idempotency-Key.</summary>
internal abstract record KeyClaim
{
    /// <summary>New: do it, then complete or release.</summary>
    public sealed record Taken : KeyClaim;

    /// <summary>Done before: this was the answer.</summary>
    public sealed record Answered(int Status, string Body) : KeyClaim;

    /// <summary>The first request has not ended, or was cut off by a crash.</summary>
    public sealed record UnderWay : KeyClaim;

    /// <summary>The key was used for another request.</summary>
    public sealed record Reused : KeyClaim;
}

/// <summary>
/// Keeps answers for 48 hours. The claim is committed before the work begins, so that of two equal requests at once only
/// one does it; a claim that a crash left behind stays taken, because nobody knows whether its text left.
/// </summary>
internal sealed class IdempotentAnswers(InboxWriter writer)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(48);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);

    private DateTimeOffset _sweptAt = DateTimeOffset.MinValue;

    public Task<KeyClaim> ClaimAsync(
        string key,
        string requestHash,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<KeyClaim>(
            async session =>
            {
                await SweepAsync(session);
                var answers = session.Db.IdempotentAnswers;
                if (await answers.FindAsync(key) is { } known)
                {
                    return known switch
                    {
                        _ when known.RequestHash != requestHash => new KeyClaim.Reused(),
                        { Status: { } status } => new KeyClaim.Answered(status, known.Body ?? ""),
                        _ => new KeyClaim.UnderWay(),
                    };
                }
                answers.Add(new IdempotentAnswer(key, requestHash, session.Now));
                await session.Db.SaveChangesAsync();
                return new KeyClaim.Taken();
            },
            cancellation
        );

    public Task CompleteAsync(string key, int status, string body) =>
        writer.RunAsync(
            session =>
                session
                    .Db.IdempotentAnswers.Where(a => a.Key == key)
                    .ExecuteUpdateAsync(answer =>
                        answer.SetProperty(a => a.Status, status).SetProperty(a => a.Body, body)
                    ),
            CancellationToken.None
        );

    /// <summary>It had no effect: the same key may try again.</summary>
    public Task ReleaseAsync(string key) =>
        writer.RunAsync(
            session => session.Db.IdempotentAnswers.Where(a => a.Key == key).ExecuteDeleteAsync(),
            CancellationToken.None
        );

    private async Task SweepAsync(WriteSession session)
    {
        var now = session.Now;
        if (now - _sweptAt < BetweenSweeps)
        {
            return;
        }
        _sweptAt = now;
        var before = now - Kept;
        await session.Db.IdempotentAnswers.Where(a => a.At < before).ExecuteDeleteAsync();
    }
}
