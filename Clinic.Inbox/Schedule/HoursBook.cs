using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>Opening hours of the week, as the clinic chose them.</summary>
/// <param name="Days">Spans of each weekday in order; a day that is missing is closed.</param>
public sealed record WeeklyHours(IReadOnlyDictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>> Days)
{
    public const string Key = "hours";

    /// <summary>Monday to Friday, eight to six.</summary>
    public static readonly WeeklyHours Default = new(
        new Dictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>>
        {
            [IsoDayOfWeek.Monday] = [new(new LocalTime(8, 0), new LocalTime(18, 0))],
            [IsoDayOfWeek.Tuesday] = [new(new LocalTime(8, 0), new LocalTime(18, 0))],
            [IsoDayOfWeek.Wednesday] = [new(new LocalTime(8, 0), new LocalTime(18, 0))],
            [IsoDayOfWeek.Thursday] = [new(new LocalTime(8, 0), new LocalTime(18, 0))],
            [IsoDayOfWeek.Friday] = [new(new LocalTime(8, 0), new LocalTime(18, 0))],
        }
    );

    /// <summary>What is wrong with it, in plain words; null when nothing is.</summary>
    public string? Problem()
    {
        foreach (var (day, spans) in Days)
        {
            if (day == IsoDayOfWeek.None)
            {
                return "A day of the week is unknown.";
            }
            for (var i = 0; i < spans.Count; i++)
            {
                if (spans[i].End <= spans[i].From.NanosecondOfDay)
                {
                    return $"{day}: it closes before it opens.";
                }
                if (i > 0 && spans[i].From.NanosecondOfDay < spans[i - 1].End)
                {
                    return $"{day}: two spans overlap or stand in the wrong order.";
                }
            }
            if (spans.Count > 6)
            {
                return $"{day}: at most six spans.";
            }
        }
        return null;
    }
}

/// <summary>Keeps the clinic's hours, closures and quiet hours.</summary>
public sealed class HoursBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Everything that decides whether the clinic is open, read inside the caller's context.</summary>
    public static async Task<ClinicHours> ReadAsync(InboxDb db, CancellationToken cancellation)
    {
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var week = await db.SettingAsync(WeeklyHours.Key, WeeklyHours.Default, cancellation);
        var closures = await db.Closures.AsNoTracking().ToListAsync(cancellation);
        return new ClinicHours(
            DateTimeZoneProviders.Tzdb[clinic.TimeZone],
            week.Days,
            closures.ConvertAll(c => new ClosedDays(
                LocalDate.FromDateOnly(c.From),
                LocalDate.FromDateOnly(c.To),
                c.Name
            ))
        );
    }

    public async Task<WeeklyHours> WeekAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(WeeklyHours.Key, WeeklyHours.Default, cancellation);
    }

    /// <summary>Earliest first.</summary>
    public async Task<IReadOnlyList<Closure>> ClosuresAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Closures.AsNoTracking().OrderBy(c => c.From).ToListAsync(cancellation);
    }

    public async Task<QuietHours> QuietAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(QuietHours.Key, QuietHours.Default, cancellation);
    }

    /// <summary>Returns what is wrong with them, in plain words; null when they were kept.</summary>
    public async Task<string?> SaveWeekAsync(
        WeeklyHours week,
        Actor actor,
        CancellationToken cancellation
    )
    {
        if (week.Problem() is { } problem)
        {
            return problem;
        }
        await ChooseAsync(WeeklyHours.Key, week, "hours.changed", actor, cancellation);
        return null;
    }

    /// <inheritdoc cref="SaveWeekAsync"/>
    public async Task<string?> SaveQuietAsync(
        QuietHours quiet,
        Actor actor,
        CancellationToken cancellation
    )
    {
        if (quiet.To <= quiet.From)
        {
            return "The window ends before it begins.";
        }
        await ChooseAsync(QuietHours.Key, quiet, "quietHours.changed", actor, cancellation);
        return null;
    }

    /// <summary>Adds closures; those whose days and name are there already are passed over. Returns how many were added.</summary>
    public Task<int> AddClosuresAsync(
        IReadOnlyList<(DateOnly From, DateOnly To, string Name)> closures,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                var known = await session.Db.Closures.AsNoTracking().ToListAsync();
                var added = closures
                    .Distinct()
                    .Where(c =>
                        !known.Exists(k => k.From == c.From && k.To == c.To && k.Name == c.Name)
                    )
                    .Select(c => new Closure(Id<Closure>.New(session.Now), c.From, c.To, c.Name))
                    .ToList();
                session.Db.Closures.AddRange(added);
                session.Note(actor, "closures.added", "closures", $"{added.Count} closures");
                await session.Db.SaveChangesAsync();
                return added.Count;
            },
            cancellation
        );

    public Task RemoveClosureAsync(Id<Closure> id, Actor actor, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                await session.Db.Closures.Where(c => c.Id == id).ExecuteDeleteAsync();
                session.Note(actor, "closures.removed", id.ToString());
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );

    private Task ChooseAsync<T>(
        string key,
        T value,
        string action,
        Actor actor,
        CancellationToken cancellation
    )
        where T : class =>
        writer.RunAsync(
            async session =>
            {
                await session.ChooseAsync(key, value, CancellationToken.None);
                session.Note(actor, action, key);
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );
}
