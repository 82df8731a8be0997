using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Schedule;

/// <summary>
/// Writes the clinic's book. Day page and REST API both come here. Every change is noted in the audit log and told to
/// whoever shows the day or the client.
/// </summary>
public sealed class AppointmentBook(InboxWriter writer)
{
    /// <summary>Longest visit: a boarding stay.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private const int LongestStaff = 100;

    private static readonly BookResult.Refused BadYear = new(
        "badTimes",
        "An appointment lies between the years 1980 and 2200."
    );
    private const int LongestExternalId = 200;

    /// <summary>
    /// Whether a visit may lie there. Times around it are computed: one at the end of time would stop the planning of all
    /// others.
    /// </summary>
    public static bool Reaches(DateTimeOffset at) => at.UtcDateTime.Year is >= 1980 and <= 2200;

    public Task<BookResult> BookAsync(
        AppointmentDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<BookResult>(
            async session =>
            {
                var (end, refused) = await CheckAsync(session.Db, draft);
                return refused ?? await AddAsync(session, draft, end, externalId: null, actor);
            },
            cancellation
        );

    /// <summary>
    /// What it is for, for whom, by whom and when, as the draft says; its status stays. When it starts at another time
    /// the client is told, if <see cref="AppointmentDraft.ConfirmByText"/>.
    /// </summary>
    public Task<BookResult> UpdateAsync(
        Id<Appointment> id,
        AppointmentDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<BookResult>(
            async session =>
            {
                await session.LockAsync("Appointments", "Id", id.ToString());
                if (await session.Db.Appointments.FindAsync(id) is not { } known)
                {
                    return BookResult.Refused.NotFound;
                }
                var (end, refused) = await CheckAsync(session.Db, draft);
                if (refused is not null)
                {
                    return refused;
                }
                Tell(session, known);
                Follow(known, draft, end);
                return await SaveAsync(session, known, "appointment.changed", actor);
            },
            cancellation
        );

    /// <inheritdoc cref="MoveAsync(Id{Appointment}, DateTimeOffset, DateTimeOffset, string?, bool, Actor, CancellationToken)"/>
    public Task<BookResult> MoveAsync(
        Id<Appointment> id,
        DateTimeOffset startsAt,
        DateTimeOffset endsAt,
        string? staff,
        Actor actor,
        CancellationToken cancellation
    ) => MoveAsync(id, startsAt, endsAt, staff, confirmByText: true, actor, cancellation);

    /// <summary>Another time, and another person when <paramref name="staff"/> is given; its status stays.</summary>
    /// <param name="confirmByText">The client is told when it starts at another time.</param>
    public Task<BookResult> MoveAsync(
        Id<Appointment> id,
        DateTimeOffset startsAt,
        DateTimeOffset endsAt,
        string? staff,
        bool confirmByText,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            "appointment.moved",
            actor,
            appointment =>
            {
                if (Refusal(startsAt, endsAt, staff ?? "") is { } refused)
                {
                    return refused;
                }
                var draft = new AppointmentDraft(
                    appointment.TypeId,
                    appointment.ClientId,
                    appointment.PatientId,
                    startsAt,
                    endsAt,
                    staff ?? appointment.Staff,
                    confirmByText
                );
                Follow(appointment, draft, endsAt);
                return null;
            },
            cancellation
        );

    public Task<BookResult> ConfirmAsync(Id<Appointment> id, Actor actor, CancellationToken ct) =>
        BecomeAsync(id, AppointmentStatus.Confirmed, actor, ct);

    public Task<BookResult> ArriveAsync(Id<Appointment> id, Actor actor, CancellationToken ct) =>
        BecomeAsync(id, AppointmentStatus.Arrived, actor, ct);

    public Task<BookResult> CancelAsync(Id<Appointment> id, Actor actor, CancellationToken ct) =>
        BecomeAsync(id, AppointmentStatus.Cancelled, actor, ct);

    public Task<BookResult> MarkNoShowAsync(
        Id<Appointment> id,
        Actor actor,
        CancellationToken ct
    ) => BecomeAsync(id, AppointmentStatus.NoShow, actor, ct);

    /// <summary>Takes a slip of the hand back: booked again.</summary>
    public Task<BookResult> ReopenAsync(Id<Appointment> id, Actor actor, CancellationToken ct) =>
        BecomeAsync(id, AppointmentStatus.Booked, actor, ct);

    /// <summary>Refused with <c>notNow</c> when <see cref="Appointment.Allows"/> says no; saying what is so already is no error.</summary>
    public Task<BookResult> BecomeAsync(
        Id<Appointment> id,
        AppointmentStatus status,
        Actor actor,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            id,
            $"appointment.{(status == AppointmentStatus.Booked ? "reopened" : NameOf(status))}",
            actor,
            appointment =>
            {
                if (appointment.Status == status)
                {
                    return null;
                }
                if (!appointment.Allows(status))
                {
                    return new BookResult.Refused(
                        "notNow",
                        $"It is {NameOf(appointment.Status)}. Reopen it first."
                    );
                }
                appointment.Become(status);
                return null;
            },
            cancellation
        );

    /// <summary>
    /// Makes the practice system's appointment what it says, whatever ours said before.
    /// <paramref name="status"/> null: as it was, or booked. The client is texted a confirmation only when the draft says
    /// so: most practice systems have one of their own, and the first import brings a year of visits.
    /// </summary>
    public Task<BookResult> UpsertExternalAsync(
        string externalId,
        AppointmentDraft draft,
        AppointmentStatus? status,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<BookResult>(
            async session =>
            {
                if (externalId.Length is 0 or > LongestExternalId)
                {
                    return new BookResult.Refused(
                        "badName",
                        $"An external id has 1 to {LongestExternalId} characters."
                    );
                }
                var (end, refused) = await CheckAsync(session.Db, draft);
                if (refused is not null)
                {
                    return refused;
                }
                await session.LockAsync("Appointments", "ExternalId", externalId);
                var known = await session.Db.Appointments.FirstOrDefaultAsync(a =>
                    a.ExternalId == externalId
                );
                if (known is null)
                {
                    return await AddAsync(session, draft, end, externalId, actor, status);
                }
                Tell(session, known);
                Follow(known, draft, end);
                known.Follow(status ?? known.Status);
                return await SaveAsync(session, known, "appointment.updated", actor);
            },
            cancellation
        );

    private static void Follow(Appointment known, AppointmentDraft draft, DateTimeOffset end)
    {
        if (known.StartsAt != draft.StartsAt)
        {
            known.ConfirmByText(draft.ConfirmByText);
        }
        known.Describe(draft.TypeId, draft.ClientId, draft.PatientId, draft.Staff);
        known.MoveTo(draft.StartsAt, end);
    }

    private static async Task<BookResult> AddAsync(
        WriteSession session,
        AppointmentDraft draft,
        DateTimeOffset end,
        string? externalId,
        Actor actor,
        AppointmentStatus? status = null
    )
    {
        var appointment = new Appointment(
            Id<Appointment>.New(session.Now),
            draft.TypeId,
            draft.ClientId,
            draft.PatientId,
            draft.StartsAt,
            end,
            draft.Staff
        )
        {
            ExternalId = externalId,
        };
        appointment.Follow(status ?? AppointmentStatus.Booked);
        if (draft.ConfirmByText)
        {
            appointment.ConfirmByText();
        }
        session.Db.Appointments.Add(appointment);
        await SaveAsync(session, appointment, "appointment.booked", actor);
        return new BookResult.Done(appointment, Created: true);
    }

    private Task<BookResult> ChangeAsync(
        Id<Appointment> id,
        string action,
        Actor actor,
        Func<Appointment, BookResult.Refused?> change,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<BookResult>(
            async session =>
            {
                await session.LockAsync("Appointments", "Id", id.ToString());
                if (await session.Db.Appointments.FindAsync(id) is not { } appointment)
                {
                    return BookResult.Refused.NotFound;
                }
                Tell(session, appointment);
                return change(appointment) is { } refused
                    ? refused
                    : await SaveAsync(session, appointment, action, actor);
            },
            cancellation
        );

    private static async Task<BookResult> SaveAsync(
        WriteSession session,
        Appointment appointment,
        string action,
        Actor actor
    )
    {
        if (session.Db.ChangeTracker.HasChanges())
        {
            session.Note(actor, action, appointment.Id.ToString());
            await session.Db.SaveChangesAsync();
            Tell(session, appointment);
        }
        return new BookResult.Done(appointment, Created: false);
    }

    /// <summary>Asked before and after a change: a visit that moves leaves one day and comes to another.</summary>
    private static void Tell(WriteSession session, Appointment appointment)
    {
        session.Publish(new InboxEvent.ScheduleChanged(appointment.StartsAt, appointment.EndsAt));
        session.Publish(new InboxEvent.ClientChanged(appointment.ClientId, Number: null));
    }

    private static async Task<(DateTimeOffset End, BookResult.Refused? Refused)> CheckAsync(
        InboxDb db,
        AppointmentDraft draft
    )
    {
        if (!Reaches(draft.StartsAt))
        {
            return (default, BadYear);
        }
        if (await db.AppointmentTypes.FindAsync(draft.TypeId) is not { } type)
        {
            return (default, new("unknownType", "There is no such appointment type."));
        }
        if (!await db.Clients.AnyAsync(c => c.Id == draft.ClientId))
        {
            return (default, new("unknownClient", "There is no such client."));
        }
        if (
            draft.PatientId is { } patientId
            && !await db.Patients.AnyAsync(p => p.Id == patientId && p.ClientId == draft.ClientId)
        )
        {
            return (default, new("unknownPatient", "This client has no such patient."));
        }
        var end = draft.EndsAt ?? draft.StartsAt.AddMinutes(type.Minutes);
        return (end, Refusal(draft.StartsAt, end, draft.Staff));
    }

    private static BookResult.Refused? Refusal(
        DateTimeOffset startsAt,
        DateTimeOffset endsAt,
        string staff
    )
    {
        if (!Reaches(startsAt))
        {
            return BadYear;
        }
        if (endsAt <= startsAt || endsAt - startsAt > Longest)
        {
            return new(
                "badTimes",
                $"An appointment ends after it starts, within {Longest.TotalDays:0} days."
            );
        }
        return staff.Length > LongestStaff
            ? new("badName", $"A staff name has at most {LongestStaff} characters.")
            : null;
    }

    private static string NameOf(AppointmentStatus status) =>
        status switch
        {
            AppointmentStatus.NoShow => "noShow",
            _ => status.ToString().ToLowerInvariant(),
        };
}
