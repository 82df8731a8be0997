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

    /// <summary>Most spans of one day.</summary>
    public const int MostSpans = 6;

    /// <summary>What is wrong with it, in plain words; null when nothing is.</summary>
    public string? Problem() => Problems().Select(p => $"{p.Day}: {p.Text}").FirstOrDefault();

    /// <summary>What is wrong, on which day and with which span (from 0); empty when nothing is.</summary>
    public IEnumerable<(IsoDayOfWeek Day, int Span, string Text)> Problems()
    {
        foreach (var (day, spans) in Days)
        {
            if (day == IsoDayOfWeek.None)
            {
                yield return (day, 0, "this day of the week is unknown.");
            }
            for (var i = 0; i < spans.Count; i++)
            {
                if (spans[i].End <= spans[i].From.NanosecondOfDay)
                {
                    yield return (day, i, "it closes before it opens.");
                }
                else if (i > 0 && spans[i].From.NanosecondOfDay < spans[i - 1].End)
                {
                    yield return (day, i, "two spans overlap or stand in the wrong order.");
                }
            }
            if (spans.Count > MostSpans)
            {
                yield return (day, MostSpans, $"at most {MostSpans} spans.");
            }
        }
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
        return Of(clinic, week, closures);
    }

    internal static ClinicHours Of(
        ClinicProfile clinic,
        WeeklyHours week,
        IReadOnlyList<Closure> closures
    ) =>
        new(
            DateTimeZoneProviders.Tzdb[clinic.TimeZone],
            week.Days,
            [
                .. closures.Select(c => new ClosedDays(
                    LocalDate.FromDateOnly(c.From),
                    LocalDate.FromDateOnly(c.To),
                    c.Name
                )),
            ]
        );

    /// <summary>Everything that decides whether the clinic is open, as it is chosen now.</summary>
    public async Task<ClinicHours> HoursAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await ReadAsync(db, cancellation);
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

    /// <summary>The week, and every closure when <paramref name="closures"/> are given, in one step.</summary>
    /// <returns>What is wrong with the week, in plain words; null when all was kept.</returns>
    public async Task<string?> ReplaceAsync(
        WeeklyHours week,
        IReadOnlyList<(DateOnly From, DateOnly To, string Name)>? closures,
        Actor actor,
        CancellationToken cancellation
    )
    {
        if (week.Problem() is { } problem)
        {
            return problem;
        }
        await writer.RunAsync(
            async session =>
            {
                await session.ChooseAsync(WeeklyHours.Key, week, CancellationToken.None);
                session.Note(actor, "hours.changed", WeeklyHours.Key);
                if (closures is not null)
                {
                    await ReplaceClosuresAsync(session, closures);
                    session.Note(
                        actor,
                        "closures.replaced",
                        "closures",
                        $"{closures.Count} closures"
                    );
                }
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );
        return null;
    }

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

    /// <summary>What is there already keeps its id.</summary>
    private static async Task ReplaceClosuresAsync(
        WriteSession session,
        IReadOnlyList<(DateOnly From, DateOnly To, string Name)> wanted
    )
    {
        var known = await session.Db.Closures.ToListAsync();
        var missing = wanted.Distinct().ToList();
        foreach (var closure in known)
        {
            if (!missing.Remove((closure.From, closure.To, closure.Name)))
            {
                session.Db.Closures.Remove(closure);
            }
        }
        session.Db.Closures.AddRange(
            missing.Select(c => new Closure(Id<Closure>.New(session.Now), c.From, c.To, c.Name))
        );
    }

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
