using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>How many texts are the clinic's own, and whether one can't be read.</summary>
internal sealed class TemplatesStanding : IStanding
{
    public int Order => 60;

    public async Task<IReadOnlyList<Standing>> LookAsync(
        StandingLook look,
        CancellationToken cancellation
    )
    {
        var versions = look.Db.TemplateVersions;
        var newest = await versions
            .AsNoTracking()
            .Where(v =>
                v.Text != null
                && v.Number
                    == versions
                        .Where(o => o.Kind == v.Kind && o.Scope == v.Scope)
                        .Max(o => o.Number)
            )
            .ToListAsync(cancellation);
        var broken = newest.FindAll(v => TemplateBook.Read(v.Kind, v.Text) is null);
        var edited = newest.Count(v => v.Text != TemplateInfo.Of(v.Kind).DefaultText);
        var (level, text) = (broken, edited) switch
        {
            ([var first, ..], _) => (
                StandingLevel.Attention,
                $"{TemplateInfo.Of(first.Kind).Title} can't be read; the standard text is sent instead. Edit it and save it again."
            ),
            (_, 0) => (StandingLevel.Ok, "Every text is the standard one."),
            (_, 1) => (StandingLevel.Ok, "1 text is your own."),
            _ => (StandingLevel.Ok, $"{edited} texts are your own."),
        };
        return [new Standing("SMS defaults", level, text, Paths.SmsDefaults, Policies.Manage)];
    }
}
