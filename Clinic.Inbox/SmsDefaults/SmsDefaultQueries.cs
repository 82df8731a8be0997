using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>Puts together what the pages of the SMS defaults show.</summary>
public sealed class SmsDefaultQueries(
    WordingQueries wordings,
    TemplateBook book,
    ScheduleQueries schedule,
    LineBook lines,
    PreviewValues preview
)
{
    /// <summary>Every kind, in its order.</summary>
    public async Task<IReadOnlyList<SmsDefaultRow>> ListAsync(CancellationToken cancellation)
    {
        var overrides = await wordings.OverridesAsync(cancellation);
        var all = await wordings.ClinicAsync(cancellation);
        return [.. all.Select(w => new SmsDefaultRow(w, overrides.Count(o => o.Kind == w.Kind)))];
    }

    /// <summary>Null when there is no such appointment type, or the kind has no texts of types.</summary>
    /// <param name="typeId">Whose own text; null: the clinic's.</param>
    public async Task<SmsDefaultView?> OpenAsync(
        TemplateKind kind,
        string? typeId,
        CancellationToken cancellation
    )
    {
        var scope = typeId ?? "";
        var types = TemplateInfo.Of(kind).HasOverrides
            ? await schedule.TypesAsync(cancellation)
            : [];
        var type = types.FirstOrDefault(t => t.Id.ToString() == scope);
        if (typeId is not null && type is null)
        {
            return null;
        }
        var owners = (await wordings.OverridesAsync(cancellation))
            .Where(o => o.Kind == kind)
            .Select(o => o.Scope)
            .ToHashSet(StringComparer.Ordinal);
        var history = await book.HistoryAsync(kind, scope, cancellation);
        return new SmsDefaultView(
            await wordings.OneAsync(kind, scope, cancellation),
            type?.Name,
            [.. history.Select(v => new SavedText(v.Number, v.Text, v.By, v.At))],
            [
                .. types
                    .Select(t => (Id: t.Id.ToString(), t.Name))
                    .Select(t => new TypeText(t.Id, t.Name, owners.Contains(t.Id))),
            ],
            await preview.ExamplesAsync(kind, type?.Id, cancellation),
            // Texts leave by the line that is on; two-way when there are several.
            (await lines.ListAsync(cancellation))
                .Select(l => l.AddOn)
                .DefaultIfEmpty()
                .Max()
        );
    }
}
