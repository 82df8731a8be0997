using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Settings;

/// <summary>Who the clinic is, and what follows from it on the pages.</summary>
public sealed class ClinicBook(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    ClinicClock clock,
    ClinicNumbers numbers
)
{
    public async Task<ClinicDescription> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return ClinicDescription.Of(
            await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation)
        );
    }

    /// <returns>What is wrong, by field; empty when it is saved.</returns>
    public async Task<IReadOnlyList<(string Field, string Text)>> SaveAsync(
        ClinicDescription clinic,
        Actor by,
        CancellationToken cancellation
    )
    {
        var problems = clinic.Problems().ToList();
        if (problems.Count > 0)
        {
            return problems;
        }
        await writer.RunAsync(
            async session =>
            {
                var profile = await session.Db.ClinicProfiles.SingleAsync();
                var before = ClinicDescription.Of(profile);
                profile.Describe(clinic.Name, clinic.TimeZone, clinic.Region, clinic.Phone);
                var changed = Changes(before, ClinicDescription.Of(profile));
                if (changed.Length > 0)
                {
                    session.Note(by, "clinic.changed", "1", changed);
                    session.Publish(new InboxEvent.ClinicChanged());
                    await session.Db.SaveChangesAsync();
                }
            },
            cancellation
        );
        Show(clinic);
        return [];
    }

    /// <summary>Pages show times and numbers as this clinic does, from the next time they are drawn.</summary>
    internal void Show(ClinicDescription clinic)
    {
        clock.UseZone(clinic.TimeZone);
        numbers.UseRegion(clinic.Region);
    }

    private static string Changes(ClinicDescription before, ClinicDescription after)
    {
        (string Name, string Before, string After)[] fields =
        [
            ("name", before.Name, after.Name),
            ("time zone", before.TimeZone, after.TimeZone),
            ("country", before.Region, after.Region),
            ("phone", before.Phone, after.Phone),
        ];
        return string.Join(", ", fields.Where(f => f.Before != f.After).Select(f => f.Name));
    }
}
