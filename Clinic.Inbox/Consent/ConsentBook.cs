using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Consent;

/// <summary>What came of writing into the consent book.</summary>
public abstract record ConsentResult
{
    private ConsentResult() { }

    /// <param name="Holds">Whether the consent holds now; not when it was withdrawn after the day it was given.</param>
    /// <param name="OptedOut">
    /// The client's numbers that opted out. A consent lifts no opt-out: only the client does, by texting START.
    /// </param>
    public sealed record Recorded(
        ConsentRecord Record,
        bool Holds,
        IReadOnlyList<PhoneNumber> OptedOut
    ) : ConsentResult;

    /// <summary>There was none to withdraw; nothing was written.</summary>
    public sealed record NothingToWithdraw : ConsentResult;

    /// <param name="Field"><c>category</c>, <c>method</c>, <c>terms</c> or <c>grantedAt</c>.</param>
    /// <param name="Problem">What is wrong with it, in plain words.</param>
    public sealed record Invalid(string Field, string Problem) : ConsentResult;

    /// <summary>There is no such client.</summary>
    public sealed record NotFound : ConsentResult;
}

/// <summary>The consent book of every client: entries are added, none is ever changed or removed.</summary>
public sealed class ConsentBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Most characters of the terms.</summary>
    public const int LongestTerms = 4_000;

    private const string WithdrawnTerms = "Withdrawn at the client's request";

    /// <summary>Clocks of other systems may be ahead by this much.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>No client could agree to texts before there were any (December 1992).</summary>
    private static readonly DateTimeOffset FirstText = new(1992, 12, 3, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Writes down that the client agreed, and appends it to the client's pop-up note. It lifts no opt-out; the result says
    /// which numbers are still out.
    /// </summary>
    /// <param name="terms">The exact words that were read or shown.</param>
    /// <param name="grantedAt">When the client said so; not in the future.</param>
    /// <param name="by">Who took it.</param>
    public Task<ConsentResult> RecordAsync(
        Id<Client> clientId,
        ConsentCategory category,
        ConsentMethod method,
        string terms,
        DateTimeOffset grantedAt,
        Actor by,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            session => RecordAsync(session, clientId, category, method, terms, grantedAt, by),
            cancellation
        );

    /// <summary>The same in the caller's transaction: a client's reply that is a consent.</summary>
    internal static async Task<ConsentResult> RecordAsync(
        WriteSession session,
        Id<Client> clientId,
        ConsentCategory category,
        ConsentMethod method,
        string terms,
        DateTimeOffset grantedAt,
        Actor by
    )
    {
        var words = Readable(terms);
        if (Check(category, method, words, grantedAt, session.Now) is { } invalid)
        {
            return invalid;
        }
        if (await ForWritingAsync(session, clientId) is not { } client)
        {
            return new ConsentResult.NotFound();
        }
        var record = new ConsentRecord(
            Id<ConsentRecord>.New(session.Now),
            clientId,
            category,
            ConsentAction.Granted,
            method,
            words,
            grantedAt > session.Now ? session.Now : grantedAt,
            by.Name,
            session.Now
        );
        client.AppendPopUpNote(await NoteAsync(session.Db, record));
        return await WriteAsync(session, record, "consent.recorded", by);
    }

    /// <summary>
    /// Writes down that the client takes a consent back, in the pop-up note too. What is queued under it is stopped by the gate at the moment of
    /// sending.
    /// </summary>
    public Task<ConsentResult> WithdrawAsync(
        Id<Client> clientId,
        ConsentCategory category,
        Actor by,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<ConsentResult>(
            async session =>
            {
                if (await ForWritingAsync(session, clientId) is not { } client)
                {
                    return new ConsentResult.NotFound();
                }
                var holding = await ConsentGate.HoldingAsync(
                    session.Db,
                    clientId,
                    category,
                    CancellationToken.None
                );
                if (holding is null)
                {
                    return new ConsentResult.NothingToWithdraw();
                }
                // Its own moment, and never before what it takes back.
                var at = holding.At > session.Now ? holding.At : session.Now;
                var record = new ConsentRecord(
                    Id<ConsentRecord>.New(session.Now),
                    clientId,
                    category,
                    ConsentAction.Withdrawn,
                    ConsentMethod.InPerson,
                    WithdrawnTerms,
                    at,
                    by.Name,
                    session.Now
                );
                // The line about the consent stays above it: read together they say what holds.
                client.AppendPopUpNote(await NoteAsync(session.Db, record));
                return await WriteAsync(session, record, "consent.withdrawn", by);
            },
            cancellation
        );

    /// <summary>Every entry, newest first; on a tie the withdrawal, since it holds.</summary>
    public async Task<IReadOnlyList<ConsentRecord>> HistoryAsync(
        Id<Client> clientId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .ConsentRecords.AsNoTracking()
            .Where(c => c.ClientId == clientId)
            .OrderByDescending(c => c.At)
            .ThenByDescending(c => c.Action == ConsentAction.Withdrawn)
            .ThenByDescending(c => c.RecordedAt)
            .ThenByDescending(c => c.Id)
            .ToListAsync(cancellation);
    }

    private static ConsentResult.Invalid? Check(
        ConsentCategory category,
        ConsentMethod method,
        string terms,
        DateTimeOffset grantedAt,
        DateTimeOffset now
    )
    {
        if (!Enum.IsDefined(category))
        {
            return new("category", "Choose transactional or marketing.");
        }
        if (!Enum.IsDefined(method))
        {
            return new("method", "Choose how the client agreed.");
        }
        if (terms.Length == 0)
        {
            return new("terms", "Enter the words that were read or shown to the client.");
        }
        if (terms.Length > LongestTerms)
        {
            return new(
                "terms",
                $"The terms have at most {LongestTerms:N0} characters; these have {terms.Length:N0}."
            );
        }
        if (grantedAt > now + Skew)
        {
            return new("grantedAt", "A consent can't be given in the future.");
        }
        return grantedAt < FirstText
            ? new("grantedAt", "That is too long ago. Check the year.")
            : null;
    }

    private static async Task<ConsentResult> WriteAsync(
        WriteSession session,
        ConsentRecord record,
        string action,
        Actor by
    )
    {
        var db = session.Db;
        db.ConsentRecords.Add(record);
        session.Note(by, action, record.ClientId.ToString(), $"{record.Category} {record.Id}");
        await db.SaveChangesAsync();
        var numbers = await db
            .ClientPhones.Where(p => p.ClientId == record.ClientId)
            .Select(p => p.Number)
            .ToListAsync();
        foreach (var number in numbers)
        {
            // Another client's panel may show the same number and what may be sent to it.
            session.Publish(new InboxEvent.ClientChanged(record.ClientId, number));
        }
        if (numbers.Count == 0)
        {
            session.Publish(new InboxEvent.ClientChanged(record.ClientId, Number: null));
        }
        return new ConsentResult.Recorded(
            record,
            await ConsentGate.HoldingAsync(
                db,
                record.ClientId,
                record.Category,
                CancellationToken.None
            )
                is not null,
            await db
                .NumberStandings.Where(n => numbers.Contains(n.Number) && n.OptedOutAt != null)
                .Select(n => n.Number)
                .ToListAsync()
        );
    }

    private static async Task<string> NoteAsync(InboxDb db, ConsentRecord record)
    {
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync();
        var what = record.Category == ConsentCategory.Marketing ? "marketing texts" : "texts";
        var day = clinic
            .DayOf(record.At)
            .ToString("MMM d, yyyy", System.Globalization.CultureInfo.InvariantCulture);
        return record.Action == ConsentAction.Granted
            ? $"Consented to {what} on {day} ({ConsentGate.Name(record.Method)}; taken by {record.By})."
            : $"Withdrew the consent to {what} on {day} (noted by {record.By}).";
    }

    private static async Task<Client?> ForWritingAsync(WriteSession session, Id<Client> clientId)
    {
        // Of two entries at once the second waits, and sees the first.
        await session.LockAsync("Clients", "Id", clientId.ToString());
        return await session.Db.Clients.FirstOrDefaultAsync(c => c.Id == clientId);
    }

    /// <summary>Without what no database stores: broken surrogates and control characters.</summary>
    private static string Readable(string? terms) =>
        string.Concat(
                (terms ?? "")
                    .ReplaceLineEndings("\n")
                    .EnumerateRunes()
                    .Where(rune => rune.Value == '\n' || !System.Text.Rune.IsControl(rune))
            )
            .Trim();
}
