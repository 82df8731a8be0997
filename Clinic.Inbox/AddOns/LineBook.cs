using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AddOns;

/// <summary>What came of a change to a line.</summary>
public abstract record LineResult
{
    public sealed record Saved(Line Line) : LineResult;

    public sealed record NotFound : LineResult;

    /// <param name="Field">number or pace.</param>
    /// <param name="Problem">In plain words, with what to do.</param>
    public sealed record Invalid(string Field, string Problem) : LineResult;
}

/// <summary>A line as the add-ons page shows it.</summary>
/// <param name="Number">E.164.</param>
/// <param name="PausedReason">Why nothing leaves now; null when it sends.</param>
public sealed record LineRow(string Id, string Number, AddOn AddOn, string? PausedReason)
{
    public static LineRow Of(Line line) =>
        new(line.Id.ToString(), line.Number.Value, line.AddOn, line.PausedReason);
}

/// <summary>The numbers that the clinic texts from: an administrator adds them, switches them and sets their pace.</summary>
public sealed class LineBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<Line>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Lines.AsNoTracking().OrderBy(l => l.CreatedAt).ToListAsync(cancellation);
    }

    /// <summary>
    /// Takes a number into use that the carrier account already has. The first line is switched to two-way, a further
    /// one is off until somebody switches it on.
    /// </summary>
    public Task<LineResult> AddAsync(
        string number,
        LineType type,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<LineResult>(
            async session =>
            {
                var clinic = await session.Db.ClinicProfiles.AsNoTracking().SingleAsync();
                if (!TryRead(number, type, clinic, out var parsed, out var problem))
                {
                    return new LineResult.Invalid("number", problem);
                }
                if (await session.Db.Lines.AnyAsync(l => l.Number == parsed))
                {
                    return new LineResult.Invalid("number", "This number is a line already.");
                }
                var first = !await session.Db.Lines.AnyAsync();
                var line = new Line(
                    Id<Line>.New(session.Now),
                    parsed,
                    type,
                    first ? AddOn.TwoWay : AddOn.Off,
                    session.Now
                );
                session.Db.Lines.Add(line);
                return await SaveAsync(session, line, actor, "line.added");
            },
            cancellation
        );

    /// <summary>What the line is switched on for.</summary>
    public Task<LineResult> SwitchAsync(
        Id<Line> id,
        AddOn addOn,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            line =>
            {
                line.SwitchTo(addOn);
                return null;
            },
            actor,
            $"line.switched{addOn}",
            cancellation
        );

    /// <summary>
    /// What the clinic's lines are on for, all of them at once: at most one add-on is on. Lines that are off stay off,
    /// unless none is on: then the oldest is switched on.
    /// </summary>
    /// <returns>False when there is no line to switch on.</returns>
    public Task<bool> SwitchAllAsync(AddOn addOn, Actor actor, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                var lines = await session.Db.Lines.OrderBy(l => l.CreatedAt).ToListAsync();
                var on = lines.FindAll(l => l.AddOn != AddOn.Off);
                if (addOn != AddOn.Off && on.Count == 0)
                {
                    on = [.. lines.Take(1)];
                }
                foreach (var line in on.Where(l => l.AddOn != addOn))
                {
                    line.SwitchTo(addOn);
                    await SaveAsync(session, line, actor, $"line.switched{addOn}");
                }
                return addOn == AddOn.Off || lines.Count > 0;
            },
            cancellation
        );

    /// <summary>Lets a paused line (the account had no credit) send again; what waits leaves at once.</summary>
    public Task<LineResult> ResumeAsync(Id<Line> id, Actor actor, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            line =>
            {
                line.Resume();
                return null;
            },
            actor,
            "line.resumed",
            cancellation
        );

    /// <param name="messagesPerSecond">1 to 30.</param>
    /// <param name="carrierConfirms">The carrier answers STOP and START itself, so that we stay silent.</param>
    public Task<LineResult> ConfigureAsync(
        Id<Line> id,
        int messagesPerSecond,
        bool carrierConfirms,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            line =>
            {
                if (messagesPerSecond is < 1 or > 30)
                {
                    return new LineResult.Invalid(
                        "pace",
                        "The pace is 1 to 30 texts a second; Vonage takes no more."
                    );
                }
                line.SetPace(messagesPerSecond);
                line.LeaveOptOutToCarrier(carrierConfirms);
                return null;
            },
            actor,
            "line.configured",
            cancellation
        );

    private Task<LineResult> ChangeAsync(
        Id<Line> id,
        Func<Line, LineResult?> change,
        Actor actor,
        string action,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<LineResult>(
            async session =>
            {
                await session.LockAsync("Lines", "Id", id.ToString());
                if (await session.Db.Lines.FirstOrDefaultAsync(l => l.Id == id) is not { } line)
                {
                    return new LineResult.NotFound();
                }
                return change(line) ?? await SaveAsync(session, line, actor, action);
            },
            cancellation
        );

    private static async Task<LineResult> SaveAsync(
        WriteSession session,
        Line line,
        Actor actor,
        string action
    )
    {
        session.Note(actor, action, line.Id.ToString());
        await session.Db.SaveChangesAsync();
        session.Publish(new InboxEvent.LineChanged());
        session.WakeOutbox();
        return new LineResult.Saved(line);
    }

    private static bool TryRead(
        string text,
        LineType type,
        ClinicProfile clinic,
        out PhoneNumber number,
        out string problem
    )
    {
        problem = "";
        if (type == LineType.ShortCode)
        {
            if (PhoneNumber.TryFromCarrier(text, out number) && !number.Value.StartsWith('+'))
            {
                return true;
            }
            problem = "A short code has three to six digits.";
            return false;
        }
        if (!PhoneNumber.TryParse(text, clinic.Region, out number, out var unreadable))
        {
            problem = unreadable;
            return false;
        }
        if (PhoneNumber.TryParse(clinic.Phone, clinic.Region, out var own, out _) && own == number)
        {
            problem =
                "This is the clinic's own number, which can't be used for texting. Rent a virtual number.";
            return false;
        }
        return true;
    }
}
