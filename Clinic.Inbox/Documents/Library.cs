using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>A row of the library.</summary>
/// <param name="File">Null: it is a form.</param>
public sealed record LibraryRow(LibraryItem Item, AttachmentView? File);

/// <summary>What came of changing the library.</summary>
public enum LibraryResult
{
    Done,

    /// <summary>It is not there (any more).</summary>
    NotFound,

    /// <summary>A name has 1 to 100 characters.</summary>
    BadName,

    /// <summary>The form stands there already.</summary>
    ThereAlready,
}

/// <summary>Files and forms that are sent often. What was sent from it stays with its document when it is removed here.</summary>
public sealed class Library(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    AttachmentStore store
)
{
    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<LibraryRow>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db
            .LibraryItems.AsNoTracking()
            .OrderBy(i => i.Name)
            .Select(i => new
            {
                Item = i,
                File = db.KeptFiles.FirstOrDefault(k => k.Id == i.FileId),
            })
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(r => new LibraryRow(
                r.Item,
                r.File is null ? null : DocumentQueries.View(r.File)
            )),
        ];
    }

    /// <param name="file">In storage, taken a moment ago.</param>
    public Task<LibraryResult> AddFileAsync(
        string name,
        StoredFile file,
        Actor actor,
        CancellationToken cancellation
    ) =>
        Clean(name) is not { } clean
            ? Task.FromResult(LibraryResult.BadName)
            : writer.RunAsync(
                async session =>
                {
                    if (!store.Renew(file.Id))
                    {
                        return LibraryResult.NotFound;
                    }
                    session.Db.KeptFiles.Add(new KeptFile(file, session.Now));
                    var item = LibraryItem.OfFile(clean, file.Id, actor.Name, session.Now);
                    session.Db.LibraryItems.Add(item);
                    session.Note(actor, "library.added", item.Id.ToString());
                    await session.Db.SaveChangesAsync();
                    return LibraryResult.Done;
                },
                cancellation
            );

    /// <summary>Offers a form here too.</summary>
    public Task<LibraryResult> AddFormAsync(
        Id<FormTemplate> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                var db = session.Db;
                var form = await db.FormTemplates.FirstOrDefaultAsync(f =>
                    f.Id == id && f.RemovedAt == null
                );
                if (form is null)
                {
                    return LibraryResult.NotFound;
                }
                if (await db.LibraryItems.AnyAsync(i => i.FormId == id))
                {
                    return LibraryResult.ThereAlready;
                }
                var item = LibraryItem.OfForm(form.Title, id, actor.Name, session.Now);
                db.LibraryItems.Add(item);
                session.Note(actor, "library.added", item.Id.ToString());
                await db.SaveChangesAsync();
                return LibraryResult.Done;
            },
            cancellation
        );

    public Task<LibraryResult> RenameAsync(
        Id<LibraryItem> id,
        string name,
        Actor actor,
        CancellationToken cancellation
    ) =>
        Clean(name) is not { } clean
            ? Task.FromResult(LibraryResult.BadName)
            : writer.RunAsync(
                async session =>
                {
                    if (await session.Db.LibraryItems.FindAsync(id) is not { } item)
                    {
                        return LibraryResult.NotFound;
                    }
                    item.Rename(clean);
                    session.Note(actor, "library.renamed", id.ToString());
                    await session.Db.SaveChangesAsync();
                    return LibraryResult.Done;
                },
                cancellation
            );

    /// <summary>The file goes with it unless a document leads to it; see <see cref="DocumentCleaning"/>.</summary>
    public Task<LibraryResult> RemoveAsync(
        Id<LibraryItem> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (await session.Db.LibraryItems.FindAsync(id) is not { } item)
                {
                    return LibraryResult.NotFound;
                }
                session.Db.LibraryItems.Remove(item);
                session.Note(actor, "library.removed", id.ToString());
                await session.Db.SaveChangesAsync();
                return LibraryResult.Done;
            },
            cancellation
        );

    /// <summary>A name in one line; null when it is none.</summary>
    private static string? Clean(string name)
    {
        var typed = new TypedText();
        var clean = typed.Line(name, "name", "A name", SharedDocument.LongestTitle)!;
        return clean.Length == 0 || typed.Problems.Count > 0 ? null : clean;
    }
}
