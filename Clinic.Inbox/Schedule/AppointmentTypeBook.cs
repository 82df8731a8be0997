using System.Linq.Expressions;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Schedule;

/// <summary>What is to be written of an appointment type. What is null stays as it is.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Minutes">Usual length, 5 to 1,440; 30 for a new one.</param>
/// <param name="Color">One of <see cref="AppointmentType.Colors"/>; the first for a new one.</param>
/// <param name="SendsConfirmation">A new one does.</param>
/// <param name="ReminderOffsets">At most six, each 5 to 86,400 minutes before the visit; null in it: as the clinic's.</param>
/// <param name="PreVisitOffset">5 to 86,400 minutes before the visit; null in it: no form is sent.</param>
public sealed record AppointmentTypeDraft(
    string? Name,
    int? Minutes,
    string? Color,
    bool? SendsConfirmation = null,
    Said<IReadOnlyList<int>?>? ReminderOffsets = null,
    Said<int?>? PreVisitOffset = null
);

/// <summary>Something that was said, if only that there is nothing: null inside is a word, no <see cref="Said{T}"/> is silence.</summary>
public readonly record struct Said<T>(T Value);

/// <summary>What came of writing an appointment type.</summary>
public abstract record AppointmentTypeResult
{
    private AppointmentTypeResult() { }

    public sealed record Saved(AppointmentType Type, bool Created) : AppointmentTypeResult;

    public sealed record Invalid(FieldProblem Problem) : AppointmentTypeResult;

    public sealed record NotFound : AppointmentTypeResult;
}

/// <summary>Writes the kinds of visits.</summary>
public sealed class AppointmentTypeBook(InboxWriter writer)
{
    private const int UsualMinutes = 30;

    public Task<AppointmentTypeResult> AddAsync(
        AppointmentTypeDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            session => SaveAsync(session, known: null, externalId: null, draft, actor),
            cancellation
        );

    public Task<AppointmentTypeResult> UpdateAsync(
        Id<AppointmentType> id,
        AppointmentTypeDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
                await session.Db.AppointmentTypes.FindAsync(id) is { } known
                    ? await SaveAsync(session, known, known.ExternalId, draft, actor)
                    : new AppointmentTypeResult.NotFound(),
            cancellation
        );

    /// <summary>The practice system's type: made when it is new, else changed.</summary>
    /// <param name="externalId">The practice system's own id, 1 to 100 characters.</param>
    public Task<AppointmentTypeResult> UpsertExternalAsync(
        string externalId,
        AppointmentTypeDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (ExternalIds.Problem(externalId) is { } problem)
                {
                    return new AppointmentTypeResult.Invalid(problem);
                }
                var known = await session.Db.AppointmentTypes.FirstOrDefaultAsync(t =>
                    t.ExternalId == externalId
                );
                return await SaveAsync(session, known, externalId, draft, actor);
            },
            cancellation
        );

    private static async Task<AppointmentTypeResult> SaveAsync(
        WriteSession session,
        AppointmentType? known,
        string? externalId,
        AppointmentTypeDraft draft,
        Actor actor
    )
    {
        var name = draft.Name?.Trim() ?? known?.Name ?? "";
        var minutes = draft.Minutes ?? known?.Minutes ?? UsualMinutes;
        var color = draft.Color ?? known?.Color ?? AppointmentType.Colors[0];
        var offsets = draft.ReminderOffsets is { } said ? said.Value : known?.ReminderOffsets;
        var preVisit = draft.PreVisitOffset is { } form ? form.Value : known?.PreVisitOffset;
        var sends = draft.SendsConfirmation ?? known?.SendsConfirmation ?? true;
        if (
            (Names.Problem(name) ?? Problem(minutes, color) ?? Problem(offsets, preVisit)) is
            { } problem
        )
        {
            return new AppointmentTypeResult.Invalid(problem);
        }
        var type = known;
        if (type is null)
        {
            type = new AppointmentType(Id<AppointmentType>.New(session.Now), name, minutes, color)
            {
                ExternalId = externalId,
            };
            session.Db.AppointmentTypes.Add(type);
        }
        else
        {
            type.Describe(name, minutes, color);
        }
        var before = (type.SendsConfirmation, Words(type.ReminderOffsets), type.PreVisitOffset);
        type.RemindBy(sends, offsets, preVisit);
        var planAnew =
            before != (type.SendsConfirmation, Words(type.ReminderOffsets), type.PreVisitOffset);
        session.Note(
            actor,
            known is null ? "appointmentType.added" : "appointmentType.changed",
            type.Id.ToString()
        );
        await session.Db.SaveChangesAsync();
        if (known is not null)
        {
            // Every open day draws its name and colour.
            session.Publish(
                new InboxEvent.ScheduleChanged(DateTimeOffset.MinValue, DateTimeOffset.MaxValue)
            );
            if (planAnew)
            {
                await PlanAnewAsync(session, a => a.TypeId == type.Id);
            }
        }
        return new AppointmentTypeResult.Saved(type, known is null);
    }

    /// <summary>The texts of the visits ahead that are meant are planned anew.</summary>
    internal static async Task PlanAnewAsync(
        WriteSession session,
        Expression<Func<Appointment, bool>> meant
    )
    {
        var now = session.Now;
        await session
            .Db.Appointments.Where(a =>
                a.StartsAt > now
                && (a.Status == AppointmentStatus.Booked || a.Status == AppointmentStatus.Confirmed)
            )
            .Where(meant)
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.NeedsPlanning, true));
        session.Publish(new InboxEvent.RemindersChanged(ClientId: null));
    }

    private static string? Words(IReadOnlyList<int>? offsets) =>
        offsets is null ? null : string.Join(' ', offsets);

    private static FieldProblem? Problem(IReadOnlyList<int>? offsets, int? preVisit)
    {
        if (AppointmentType.OffsetsProblem(offsets ?? []) is { } problem)
        {
            return new("reminderOffsets", problem);
        }
        return preVisit is { } before && AppointmentType.OffsetsProblem([before]) is not null
            ? new("preVisitOffset", "The form is sent 5 minutes to 60 days before the visit.")
            : null;
    }

    private static FieldProblem? Problem(int minutes, string color)
    {
        if (minutes is < 5 or > 24 * 60)
        {
            return new("minutes", "The usual length is 5 to 1,440 minutes.");
        }
        return AppointmentType.Colors.Contains(color, StringComparer.Ordinal)
            ? null
            : new("color", $"The color is one of {string.Join(", ", AppointmentType.Colors)}.");
    }
}
