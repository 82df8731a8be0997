using System.Collections.Concurrent;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Templates;

/// <summary>What came of saving a text.</summary>
public abstract record TemplateResult
{
    public sealed record Saved(TemplateVersion Version) : TemplateResult;

    public sealed record Refused(IReadOnlyList<TemplateProblem> Problems) : TemplateResult;
}

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
        var own = scope.Length == 0 ? null : await NewestAsync(db, kind, scope, cancellation);
        var text = own ?? await NewestAsync(db, kind, "", cancellation);
        // A row that was changed by hand into something unreadable must not silence a clinic.
        return Read(kind, text) ?? Read(kind, TemplateInfo.Of(kind).DefaultText)!;
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

    /// <summary>Checks and keeps a wording; it is sent from now on.</summary>
    /// <param name="text">Null gives up the wording of an appointment type, so that the clinic's holds again.</param>
    /// <param name="by">Who writes it.</param>
    /// <exception cref="ArgumentException">The kind has no wordings of appointment types, or the clinic's own would be given up.</exception>
    public async Task<TemplateResult> SaveAsync(
        TemplateKind kind,
        string scope,
        string? text,
        string by,
        CancellationToken cancellation
    )
    {
        if (scope.Length > 0 ? !TemplateInfo.Of(kind).HasOverrides : text is null)
        {
            throw new ArgumentException("This text can't be had for that scope.", nameof(scope));
        }
        text = text?.ReplaceLineEndings("\n").Trim();
        if (text is not null && !TemplateText.TryParse(kind, text, out _, out var problems))
        {
            return new TemplateResult.Refused(problems);
        }
        var version = await writer.RunAsync(
            async session =>
            {
                var number = await session
                    .Db.TemplateVersions.Where(v => v.Kind == kind && v.Scope == scope)
                    .MaxAsync(v => (int?)v.Number);
                var next = new TemplateVersion(
                    Id<TemplateVersion>.New(session.Now),
                    kind,
                    scope,
                    (number ?? 0) + 1,
                    text,
                    by,
                    session.Now
                );
                session.Db.TemplateVersions.Add(next);
                await session.Db.SaveChangesAsync();
                return next;
            },
            cancellation
        );
        return new TemplateResult.Saved(version);
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

    private static TemplateText? Read(TemplateKind kind, string? source)
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
