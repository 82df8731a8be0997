using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.ConsentPages;

/// <summary>Gathers the evidence of one client, and notes in the audit log who did.</summary>
public sealed class EvidenceBook(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock
)
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // A file, not a page: names and texts stand in it as they were written.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Null when there is no such client.</summary>
    /// <param name="format">For the audit log: json or pdf.</param>
    public async Task<Evidence?> GatherAsync(
        Id<Client> id,
        string format,
        Actor by,
        CancellationToken cancellation
    )
    {
        var evidence = await ReadAsync(id, by, cancellation);
        if (evidence is not null)
        {
            await writer.RunAsync(
                async session =>
                {
                    session.Note(by, "consent.evidenceExported", id.ToString(), format);
                    await session.Db.SaveChangesAsync();
                },
                cancellation
            );
        }
        return evidence;
    }

    /// <summary>UTF-8.</summary>
    public static byte[] ToJson(Evidence evidence) =>
        JsonSerializer.SerializeToUtf8Bytes(evidence, Readable);

    private async Task<Evidence?> ReadAsync(Id<Client> id, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var client = await db
            .Clients.AsNoTracking()
            .Include(c => c.Phones.OrderBy(p => p.Position))
            .FirstOrDefaultAsync(c => c.Id == id, cancellation);
        if (client is null)
        {
            return null;
        }
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var zone = DateTimeZoneProviders.Tzdb[clinic.TimeZone];
        var consents = await db
            .ConsentRecords.AsNoTracking()
            .Where(c => c.ClientId == id)
            .OrderBy(c => c.At)
            .ThenBy(c => c.RecordedAt)
            .ToListAsync(cancellation);
        var texts = await TextsAsync(db, client, consents, cancellation);
        var numbers = client
            .Phones.Select(p => p.Number)
            .Concat(texts.Where(t => t.ClientId == id).Select(t => t.Number))
            .Distinct()
            .ToList();
        var lines = await db.Lines.ToDictionaryAsync(l => l.Id, l => l.Number.Value, cancellation);
        return new Evidence(
            clinic.Name,
            clinic.TimeZone,
            Local(clock.GetUtcNow()),
            by.Name,
            client.Id.ToString(),
            client.FullName,
            [.. numbers.Select(n => n.Value)],
            [
                .. consents.Select(c => new EvidenceConsent(
                    c.Id.ToString(),
                    c.Category,
                    c.Action,
                    c.Method,
                    Local(c.At),
                    Local(c.RecordedAt),
                    c.By,
                    c.Terms
                )),
            ],
            [
                .. (await OptOutsAsync(db, numbers, cancellation)).Select(o =>
                    o with
                    {
                        At = Local(o.At),
                    }
                ),
            ],
            [
                .. texts.Select(m => new EvidenceText(
                    m.Id.ToString(),
                    lines[m.LineId],
                    m.Number.Value,
                    m.Kind,
                    m.Purpose,
                    m.State,
                    Local(m.At),
                    LocalOrNull(m.AttemptedAt),
                    LocalOrNull(m.SentAt),
                    LocalOrNull(m.DeliveredAt),
                    m.Basis,
                    m.ConsentId?.ToString(),
                    m.By,
                    m.FullText,
                    m.Error
                )),
            ]
        );

        DateTimeOffset Local(DateTimeOffset at) =>
            Instant.FromDateTimeOffset(at).InZone(zone).ToDateTimeOffset();

        DateTimeOffset? LocalOrNull(DateTimeOffset? at) => at is { } known ? Local(known) : null;
    }

    /// <summary>
    /// To this client, under this client's consents, or to one of the numbers while nobody was known to have it; another
    /// client's who shares the number are not this one's.
    /// </summary>
    private static Task<List<Message>> TextsAsync(
        InboxDb db,
        Client client,
        List<ConsentRecord> consents,
        CancellationToken cancellation
    )
    {
        var numbers = client.Phones.Select(p => p.Number).ToList();
        var consentIds = consents.ConvertAll(c => (Id<ConsentRecord>?)c.Id);
        return db
            .Messages.AsNoTracking()
            .Where(m =>
                m.Direction == MessageDirection.Outbound
                && (
                    m.ClientId == client.Id
                    || consentIds.Contains(m.ConsentId)
                    || (m.ClientId == null && numbers.Contains(m.Number))
                )
            )
            .OrderBy(m => m.At)
            .ThenBy(m => m.Id)
            .ToListAsync(cancellation);
    }

    private static async Task<List<EvidenceOptOut>> OptOutsAsync(
        InboxDb db,
        List<PhoneNumber> numbers,
        CancellationToken cancellation
    )
    {
        var records = await db
            .OptOutRecords.AsNoTracking()
            .Where(o => numbers.Contains(o.Number))
            .OrderBy(o => o.At)
            .ThenBy(o => o.Id)
            .ToListAsync(cancellation);
        var said = await db
            .Messages.Where(m =>
                m.Direction == MessageDirection.Inbound
                && m.Keyword != null
                && numbers.Contains(m.Number)
            )
            .Select(m => new
            {
                m.Number,
                m.At,
                m.Text,
            })
            .ToListAsync(cancellation);
        var words = said.ToLookup(m => (m.Number, m.At), m => m.Text);
        return records.ConvertAll(o => new EvidenceOptOut(
            o.Number.Value,
            o.OptedOut,
            o.Source,
            o.At,
            o.By,
            o.Source == OptOutSource.Keyword ? words[(o.Number, o.At)].FirstOrDefault() : null
        ));
    }
}
