using System.Linq.Expressions;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Search;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Clients;

/// <summary>Reads and writes clients. The pages, the inbox and the REST API all come here.</summary>
public sealed class ClientBook(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    SearchIndex index
)
{
    /// <summary>
    /// Clients in which every word of <paramref name="text"/> begins one (of the name in any order, the email, a patient's
    /// name) or is part of a number, whatever the accents, by last and first name.
    /// </summary>
    /// <param name="text">Null or blank: all.</param>
    /// <param name="after">The <see cref="ClientPage.Next"/> of the page before; null: from the start.</param>
    /// <param name="limit">Most clients on the page, at least 1.</param>
    public async Task<ClientPage> SearchAsync(
        string? text,
        ClientCursor? after,
        int limit,
        CancellationToken cancellation
    )
    {
        var words = SearchWords.Of(text);
        if (!words.IsBlank)
        {
            await index.SettleAsync(cancellation);
        }
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await ClientSearch.PageAsync(db, words, after, limit, cancellation);
    }

    /// <summary>With phones and patients; null when there is none.</summary>
    public Task<Client?> FindAsync(Id<Client> id, CancellationToken cancellation) =>
        ReadAsync(c => c.Id == id, cancellation);

    /// <inheritdoc cref="FindAsync"/>
    public Task<Client?> FindByExternalIdAsync(string externalId, CancellationToken cancellation) =>
        ReadAsync(c => c.ExternalId == externalId, cancellation);

    /// <summary>
    /// A new client; open conversations with one of the numbers become the client's. A conflict when the same name
    /// with one of the numbers is there already, so that a second click makes no second person.
    /// </summary>
    public Task<ClientResult> CreateAsync(
        ClientDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) => writer.RunAsync(session => CreateAsync(session, draft, actor), cancellation);

    /// <inheritdoc cref="CreateAsync(ClientDraft, Actor, CancellationToken)"/>
    /// <param name="session">The caller's transaction.</param>
    internal static Task<ClientResult> CreateAsync(
        WriteSession session,
        ClientDraft draft,
        Actor actor
    ) => AddAsync(session, draft, externalId: null, actor);

    /// <summary>Writes what the draft names and leaves the rest.</summary>
    public Task<ClientResult> UpdateAsync(
        Id<Client> id,
        ClientDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
                await ForWritingAsync(session, id) is { } client
                    ? await ChangeAsync(session, client, draft, actor)
                    : new ClientResult.NotFound(),
            cancellation
        );

    /// <summary>The practice system's client: made when it is new, else changed as <see cref="UpdateAsync"/> does.</summary>
    /// <param name="externalId">The practice system's own id, 1 to 100 characters.</param>
    public Task<ClientResult> UpsertExternalAsync(
        string externalId,
        ClientDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (ExternalIds.Problem(externalId) is { } problem)
                {
                    return new ClientResult.Invalid([problem]);
                }
                var known = await session
                    .Db.Clients.Where(c => c.ExternalId == externalId)
                    .Select(c => (Id<Client>?)c.Id)
                    .FirstOrDefaultAsync(CancellationToken.None);
                return known is { } id && await ForWritingAsync(session, id) is { } client
                    ? await ChangeAsync(session, client, draft, actor)
                    : await AddAsync(session, draft, externalId, actor);
            },
            cancellation
        );

    private static async Task<ClientResult> AddAsync(
        WriteSession session,
        ClientDraft draft,
        string? externalId,
        Actor actor
    )
    {
        var db = session.Db;
        var region = await RegionAsync(db);
        var values = new ClientValues(draft, known: null, region);
        if (values.Problems.Count > 0)
        {
            return new ClientResult.Invalid(values.Problems);
        }
        if (externalId is null && await TwinAsync(db, values, region) is { } twin)
        {
            return twin;
        }
        var now = session.Now;
        var client = new Client(Id<Client>.New(now), values.FirstName, values.LastName, now)
        {
            ExternalId = externalId,
        };
        values.ApplyTo(client);
        db.Clients.Add(client);
        session.Note(actor, "client.created", client.Id.ToString());
        await db.SaveChangesAsync();
        await TellAsync(session, client, [.. client.Phones.Select(p => p.Number)]);
        return new ClientResult.Saved(client, Created: true);
    }

    private static async Task<ClientResult> ChangeAsync(
        WriteSession session,
        Client client,
        ClientDraft draft,
        Actor actor
    )
    {
        var values = new ClientValues(draft, client, await RegionAsync(session.Db));
        if (values.Problems.Count > 0)
        {
            return new ClientResult.Invalid(values.Problems);
        }
        var before = client.Phones.Select(p => p.Number).ToList();
        var changed = values.ApplyTo(client);
        if (changed.Count > 0)
        {
            session.Note(actor, "client.changed", client.Id.ToString(), string.Join(", ", changed));
            await session.Db.SaveChangesAsync();
            if (changed.Contains("name"))
            {
                await ClientsConversations.RenameAsync(session, client);
            }
            var now = client.Phones.Select(p => p.Number).ToList();
            await TellAsync(session, client, [.. before.Except(now), .. now.Except(before)]);
        }
        return new ClientResult.Saved(client, Created: false);
    }

    /// <summary>Recognises conversations with numbers that came or went, and tells the screens.</summary>
    private static async Task TellAsync(
        WriteSession session,
        Client client,
        IReadOnlyList<PhoneNumber> numbers
    )
    {
        foreach (var number in numbers)
        {
            await ClientsConversations.RecogniseAsync(session, number);
            session.Publish(new InboxEvent.ClientChanged(client.Id, number));
        }
        if (numbers.Count == 0)
        {
            session.Publish(new InboxEvent.ClientChanged(client.Id, Number: null));
        }
    }

    private static async Task<ClientResult?> TwinAsync(
        InboxDb db,
        ClientValues values,
        string region
    )
    {
        foreach (var (number, _) in values.Phones ?? [])
        {
            var owners = await db
                .Clients.Where(c => c.Phones.Any(p => p.Number == number))
                .ToListAsync();
            var name = $"{values.FirstName} {values.LastName}".Trim();
            if (
                owners.Find(o =>
                    string.Equals(o.FullName, name, StringComparison.OrdinalIgnoreCase)
                ) is
                { } twin
            )
            {
                return new ClientResult.Conflict(
                    twin.Id,
                    $"{twin.FullName} with {number.Display(region)} is a client already."
                );
            }
        }
        return null;
    }

    private static Task<string> RegionAsync(InboxDb db) =>
        db.ClinicProfiles.Select(c => c.Region).SingleAsync();

    private static async Task<Client?> ForWritingAsync(WriteSession session, Id<Client> id)
    {
        await session.LockAsync("Clients", "Id", id.ToString());
        return await session
            .Db.Clients.WithPhonesAndPatients()
            .FirstOrDefaultAsync(c => c.Id == id);
    }

    private async Task<Client?> ReadAsync(
        Expression<Func<Client, bool>> which,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Clients.AsNoTracking()
            .WithPhonesAndPatients()
            .FirstOrDefaultAsync(which, cancellation);
    }
}
