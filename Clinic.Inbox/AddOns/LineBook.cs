using Clinic.Inbox.Conversations;
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

    /// <param name="Field">number, pace or addOn.</param>
    /// <param name="Problem">In plain words, with what to do.</param>
    public sealed record Invalid(string Field, string Problem) : LineResult;
}

/// <summary>The numbers that the clinic texts from: an administrator adds them, switches them and sets their pace.</summary>
public sealed class LineBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Oldest first; not those that were given back.</summary>
    public async Task<IReadOnlyList<Line>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Lines.AsNoTracking()
            .Where(l => l.ReleasedAt == null)
            .OrderBy(l => l.CreatedAt)
            .ToListAsync(cancellation);
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
                if (!LineChanges.TryRead(number, type, clinic, out var parsed, out var problem))
                {
                    return new LineResult.Invalid("number", problem);
                }
                var first = !await session.Db.Lines.AnyAsync(l => l.ReleasedAt == null);
                if (
                    await LineChanges.AdoptAsync(
                        session,
                        parsed,
                        type,
                        first ? AddOn.TwoWay : AddOn.Off,
                        actor
                    )
                    is not { } line
                )
                {
                    return new LineResult.Invalid("number", "This number is a line already.");
                }
                return await LineChanges.SaveAsync(session, line, actor, "line.added");
            },
            cancellation
        );

    /// <summary>What the line is switched on for. Refused while another line is on for the other add-on: at most one is on.</summary>
    public Task<LineResult> SwitchAsync(
        Id<Line> id,
        AddOn addOn,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            async (session, line) =>
            {
                if (
                    addOn != AddOn.Off
                    && await session.Db.Lines.AnyAsync(l =>
                        l.Id != id && l.AddOn != AddOn.Off && l.AddOn != addOn
                    )
                )
                {
                    return new LineResult.Invalid(
                        "addOn",
                        "Another number is on for the other add-on, and at most one add-on is on. Switch all of them in Settings, Add-ons."
                    );
                }
                LineChanges.Switch(session, line, addOn, actor);
                return null;
            },
            actor,
            $"line.switched{addOn}",
            cancellation
        );

    /// <summary>Switches an add-on on with this number. Lines that are on for the other one are switched with it.</summary>
    public Task<LineResult> EnableAsync(
        Id<Line> id,
        AddOn addOn,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<LineResult>(
            async session =>
            {
                var lines = await session
                    .Db.Lines.Where(l => l.ReleasedAt == null)
                    .OrderBy(l => l.CreatedAt)
                    .ToListAsync();
                if (lines.Find(l => l.Id == id) is not { } chosen)
                {
                    return new LineResult.NotFound();
                }
                foreach (
                    var line in lines.Where(l =>
                        (l.Id == id || l.AddOn != AddOn.Off) && l.AddOn != addOn
                    )
                )
                {
                    LineChanges.Switch(session, line, addOn, actor);
                    await LineChanges.SaveAsync(session, line, actor, $"line.switched{addOn}");
                }
                return new LineResult.Saved(chosen);
            },
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
                var lines = await session
                    .Db.Lines.Where(l => l.ReleasedAt == null)
                    .OrderBy(l => l.CreatedAt)
                    .ToListAsync();
                var on = lines.FindAll(l => l.AddOn != AddOn.Off);
                if (addOn != AddOn.Off && on.Count == 0)
                {
                    on = [.. lines.Take(1)];
                }
                foreach (var line in on.Where(l => l.AddOn != addOn))
                {
                    LineChanges.Switch(session, line, addOn, actor);
                    await LineChanges.SaveAsync(session, line, actor, $"line.switched{addOn}");
                }
                return addOn == AddOn.Off || lines.Count > 0;
            },
            cancellation
        );

    /// <summary>Lets a paused line (the account had no credit) send again; what waits leaves at once.</summary>
    public Task<LineResult> ResumeAsync(Id<Line> id, Actor actor, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            (_, line) =>
            {
                line.Resume();
                return Task.FromResult<LineResult?>(null);
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
            (_, line) =>
            {
                if (messagesPerSecond is < 1 or > 30)
                {
                    return Task.FromResult<LineResult?>(
                        new LineResult.Invalid(
                            "pace",
                            "The pace is 1 to 30 texts a second; Vonage takes no more."
                        )
                    );
                }
                line.SetPace(messagesPerSecond);
                line.LeaveOptOutToCarrier(carrierConfirms);
                return Task.FromResult<LineResult?>(null);
            },
            actor,
            "line.configured",
            cancellation
        );

    /// <summary>
    /// The number was given back to the carrier: the line is off for good, and what waits to leave by it fails. The texts
    /// stay.
    /// </summary>
    public Task<LineResult> ReleaseAsync(
        Id<Line> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            async (session, line) =>
            {
                LineChanges.Switch(session, line, AddOn.Off, actor);
                line.Release(session.Now);
                var waiting = await session
                    .Db.Messages.Include(m => m.Attachments)
                    .Where(m => m.LineId == id && m.State == MessageState.Queued)
                    .ToListAsync();
                foreach (var message in waiting)
                {
                    message.MarkFailed(
                        "lineNotEnabled",
                        "Not sent: the number was given back before it left."
                    );
                    session.PublishMessage(message);
                }
                return null;
            },
            actor,
            "line.released",
            cancellation
        );

    private Task<LineResult> ChangeAsync(
        Id<Line> id,
        Func<WriteSession, Line, Task<LineResult?>> change,
        Actor actor,
        string action,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<LineResult>(
            async session =>
            {
                await session.LockAsync("Lines", "Id", id.ToString());
                if (
                    await session.Db.Lines.FirstOrDefaultAsync(l =>
                        l.Id == id && l.ReleasedAt == null
                    )
                    is not { } line
                )
                {
                    return new LineResult.NotFound();
                }
                return await change(session, line)
                    ?? await LineChanges.SaveAsync(session, line, actor, action);
            },
            cancellation
        );
}
