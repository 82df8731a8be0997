using System.Collections.Concurrent;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Templates;

/// <summary>
/// The clinic's texts: what is sent now, who changed it when, and what it was before. A saved text is what is sent from
/// then on; nothing is overwritten.
/// </summary>
public sealed class TemplateBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Parsed texts by kind and source: parsing costs more than rendering, and there are few.</summary>
    private static readonly ConcurrentDictionary<(TemplateKind, string), TemplateText?> Parsed =
        new();

    /// <summary>The text that is sent now: of <paramref name="scope"/>, else the clinic's, else the product's.</summary>
    /// <param name="scope">Id of an appointment type; empty: the clinic's default.</param>
    public static async Task<TemplateText> CurrentAsync(
        InboxDb db,
        TemplateKind kind,
        string scope,
        CancellationToken cancellation
    )
    {
        // A row that was changed by hand into something unreadable must not silence a clinic.
        var own = scope.Length == 0 ? null : await NewestAsync(db, kind, scope, cancellation);
        return Read(kind, own)
            ?? Read(kind, await NewestAsync(db, kind, "", cancellation))
            ?? Read(kind, TemplateInfo.Of(kind).DefaultText)!;
    }

    /// <summary>The wording of exactly this scope; null when it has none of its own.</summary>
    public async Task<string?> OwnTextAsync(
        TemplateKind kind,
        string scope,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await NewestAsync(db, kind, scope, cancellation);
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<TemplateVersion>> HistoryAsync(
        TemplateKind kind,
        string scope,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .TemplateVersions.AsNoTracking()
            .Where(v => v.Kind == kind && v.Scope == scope)
            .OrderByDescending(v => v.Number)
            .ToListAsync(cancellation);
    }

    /// <summary>
    /// Checks and keeps a wording; it is sent from now on. What is the newest already is not written again. The audit log
    /// says who did it, not what the text is.
    /// </summary>
    /// <param name="text">Null gives up the wording of an appointment type, so that the clinic's holds again.</param>
    /// <param name="expected">
    /// Number of the newest version that the writer saw, 0 for none; null: whatever was saved meanwhile is followed by this.
    /// </param>
    /// <param name="by">Who writes it.</param>
    /// <exception cref="ArgumentException">The kind has no wordings of appointment types, or the clinic's own would be given up.</exception>
    public async Task<TemplateResult> SaveAsync(
        TemplateKind kind,
        string scope,
        string? text,
        int? expected,
        Actor by,
        CancellationToken cancellation
    )
    {
        if (scope.Length > 0 ? !TemplateInfo.Of(kind).HasOverrides : text is null)
        {
            throw new ArgumentException("This text can't be had for that scope.", nameof(scope));
        }
        // The beginning stays until the problems have their places.
        text = text?.ReplaceLineEndings("\n").TrimEnd();
        if (text is not null && !TemplateText.TryParse(kind, text, out _, out var problems))
        {
            return new TemplateResult.Refused(problems);
        }
        text = text?.TrimStart();
        return await writer.RunAsync<TemplateResult>(
            async session =>
            {
                await session.LockNameAsync($"template:{kind}:{scope}");
                var newest = await session
                    .Db.TemplateVersions.AsNoTracking()
                    .Where(v => v.Kind == kind && v.Scope == scope)
                    .OrderByDescending(v => v.Number)
                    .FirstOrDefaultAsync();
                if (newest is not null)
                {
                    if (expected is { } seen && seen != newest.Number)
                    {
                        return new TemplateResult.Outdated(newest);
                    }
                    if (string.Equals(newest.Text, text, StringComparison.Ordinal))
                    {
                        return new TemplateResult.Saved(newest);
                    }
                }
                return new TemplateResult.Saved(
                    await AddAsync(session, kind, scope, (newest?.Number ?? 0) + 1, text, by)
                );
            },
            cancellation
        );
    }

    private static async Task<TemplateVersion> AddAsync(
        WriteSession session,
        TemplateKind kind,
        string scope,
        int number,
        string? text,
        Actor by
    )
    {
        var next = new TemplateVersion(
            Id<TemplateVersion>.New(session.Now),
            kind,
            scope,
            number,
            text,
            by.Name,
            session.Now
        );
        session.Db.TemplateVersions.Add(next);
        var info = TemplateInfo.Of(kind);
        session.Note(
            by,
            text is null ? "template.givenUp" : "template.saved",
            scope.Length == 0 ? info.Name : $"{info.Name}/{scope}",
            $"{info.Title}, version {number}"
        );
        await session.Db.SaveChangesAsync();
        return next;
    }

    private static Task<string?> NewestAsync(
        InboxDb db,
        TemplateKind kind,
        string scope,
        CancellationToken cancellation
    ) =>
        db
            .TemplateVersions.AsNoTracking()
            .Where(v => v.Kind == kind && v.Scope == scope)
            .OrderByDescending(v => v.Number)
            .Select(v => v.Text)
            .FirstOrDefaultAsync(cancellation);

    internal static TemplateText? Read(TemplateKind kind, string? source)
    {
        if (source is null)
        {
            return null;
        }
        if (Parsed.Count > 2_000)
        {
            Parsed.Clear();
        }
        return Parsed.GetOrAdd(
            (kind, source),
            key => TemplateText.TryParse(key.Item1, key.Item2, out var text, out _) ? text : null
        );
    }
}
