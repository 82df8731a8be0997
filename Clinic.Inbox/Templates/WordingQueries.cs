using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Templates;

/// <summary>Reads the clinic's texts for who looks after them. Nothing here changes anything.</summary>
public sealed class WordingQueries(IDbContextFactory<InboxDb> databases)
{
    /// <summary>The clinic's own text of each kind, in the order of the kinds.</summary>
    public async Task<IReadOnlyList<Wording>> ClinicAsync(CancellationToken cancellation)
    {
        var newest = await NewestAsync(v => v.Scope == "", cancellation);
        return
        [
            .. TemplateInfo.All.Select(info =>
                Of(info.Kind, "", newest.Find(v => v.Kind == info.Kind), clinics: null)
            ),
        ];
    }

    /// <summary>One kind: for the clinic, or for an appointment type whether or not it has a text of its own.</summary>
    public async Task<Wording> OneAsync(
        TemplateKind kind,
        string scope,
        CancellationToken cancellation
    )
    {
        var newest = await NewestAsync(
            v => v.Kind == kind && (v.Scope == "" || v.Scope == scope),
            cancellation
        );
        var clinics = Of(kind, "", newest.Find(v => v.Scope.Length == 0), clinics: null);
        return scope.Length == 0
            ? clinics
            : Of(kind, scope, newest.Find(v => v.Scope == scope), clinics.Text);
    }

    /// <summary>Texts that appointment types have of their own, of every kind.</summary>
    public async Task<IReadOnlyList<Wording>> OverridesAsync(CancellationToken cancellation)
    {
        var clinics = await ClinicAsync(cancellation);
        var newest = await NewestAsync(v => v.Scope != "", cancellation);
        return
        [
            .. newest
                .Where(v => v.Text is not null)
                .Select(v => Of(v.Kind, v.Scope, v, clinics[(int)v.Kind].Text)),
        ];
    }

    private async Task<List<TemplateVersion>> NewestAsync(
        System.Linq.Expressions.Expression<Func<TemplateVersion, bool>> which,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .TemplateVersions.AsNoTracking()
            .Where(which)
            .Where(v =>
                v.Number
                == db.TemplateVersions.Where(o => o.Kind == v.Kind && o.Scope == v.Scope)
                    .Max(o => o.Number)
            )
            .ToListAsync(cancellation);
    }

    /// <param name="clinics">What holds where the scope has nothing that can be sent; null: the product's words.</param>
    private static Wording Of(
        TemplateKind kind,
        string scope,
        TemplateVersion? newest,
        string? clinics
    ) =>
        new(
            kind,
            scope,
            TemplateBook.Read(kind, newest?.Text)?.Source
                ?? clinics
                ?? TemplateInfo.Of(kind).DefaultText,
            newest?.Text,
            newest?.Number ?? 0,
            newest?.By,
            newest?.At
        );
}
