using System.Globalization;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Reminders;

/// <summary>
/// C, CONFIRM, YES or a thumbs-up in answer to an appointment text confirms that appointment in the schedule. What could mean more
/// than one, or answers a question that staff asked since, is left to staff.
/// </summary>
public sealed class ConfirmingReplies : IReceivedFollowUp
{
    /// <summary>How long after an appointment text a reply is taken as its answer.</summary>
    private static readonly TimeSpan Answered = TimeSpan.FromDays(30);

    /// <summary>Two texts about different visits this close together can both be meant.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromHours(24);

    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    public int Turn => FollowUpTurn.Appointment;

    public async Task FollowAsync(WriteSession session, StoredText text)
    {
        if (text.Keyword.Class != KeywordClass.Confirm || text.IsAnswered)
        {
            return;
        }
        var asked = await AskedAsync(session, text);
        if (asked.Count == 0)
        {
            return;
        }
        var newest = asked[0].MessageId;
        var meant = asked
            .Where(a => a.MessageId == newest)
            .Select(a => a.Appointment)
            .Distinct()
            .ToList();
        var others = asked
            .Where(a => a.MessageId != newest && asked[0].At - a.At < Together)
            .Select(a => a.Appointment)
            .Except(meant)
            .ToList();
        if (others.Count > 0 || await StaffAskedSinceAsync(session, text, asked[0].At))
        {
            await session.NoteOnAsync(
                text,
                $"May confirm {await NamesAsync(session, [.. meant, .. others])}. Ask, then confirm it in the schedule."
            );
            return;
        }
        foreach (var appointment in meant)
        {
            appointment.Become(AppointmentStatus.Confirmed);
            session.Note(
                new Actor("client", text.Row.ClientName ?? "Client"),
                "appointment.confirmed",
                appointment.Id.ToString()
            );
            session.Publish(
                new InboxEvent.ScheduleChanged(appointment.StartsAt, appointment.EndsAt)
            );
            session.Publish(new InboxEvent.ClientChanged(appointment.ClientId, Number: null));
        }
        text.IsUnderstood = true;
        await session.NoteOnAsync(text, $"Confirmed: {await NamesAsync(session, meant)}.");
    }

    /// <summary>Visits ahead that are booked and that this number was texted about, newest text first.</summary>
    private static async Task<List<Asked>> AskedAsync(WriteSession session, StoredText text)
    {
        var db = session.Db;
        var since = text.At - Answered;
        var now = session.Now;
        var found = await db
            .Messages.Where(m =>
                m.Number == text.From
                && m.LineId == text.Row.LineId
                && m.Kind == MessageKind.Reminder
                && m.State != MessageState.Failed
                && m.State != MessageState.Queued
                && m.At > since
                && m.At <= text.At
            )
            .Join(
                db.PlannedReminders,
                m => m.Id,
                p => p.MessageId,
                (m, p) =>
                    new
                    {
                        m.Id,
                        m.At,
                        p.AppointmentId,
                    }
            )
            .Join(
                db.Appointments,
                x => x.AppointmentId,
                a => a.Id,
                (x, a) =>
                    new
                    {
                        x.Id,
                        x.At,
                        Appointment = a,
                    }
            )
            .Where(x =>
                x.Appointment.Status == AppointmentStatus.Booked && x.Appointment.StartsAt > now
            )
            .OrderByDescending(x => x.At)
            .ToListAsync();
        return found.ConvertAll(x => new Asked(x.Id, x.At, x.Appointment));
    }

    /// <summary>A bare yes answers whoever spoke last; C and CONFIRM answer the appointment text.</summary>
    private static async Task<bool> StaffAskedSinceAsync(
        WriteSession session,
        StoredText text,
        DateTimeOffset asked
    )
    {
        if (text.Text.Trim().StartsWith("c", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        return await session.Db.Messages.AnyAsync(m =>
            m.ConversationId == text.Row.Id
            && m.Direction == MessageDirection.Outbound
            && m.Kind == MessageKind.Conversation
            && m.At > asked
            && m.At <= text.At
        );
    }

    /// <summary>"Bella, Tue, Nov 3, 3:30 PM and Max, Wed, Nov 4, 9:00 AM".</summary>
    private static async Task<string> NamesAsync(
        WriteSession session,
        IReadOnlyList<Appointment> appointments
    )
    {
        var clinic = await session.Db.ClinicProfiles.AsNoTracking().SingleAsync();
        var zone = DateTimeZoneProviders.Tzdb[clinic.TimeZone];
        var patientIds = appointments.Select(a => a.PatientId).ToList();
        var patients = await session
            .Db.Patients.AsNoTracking()
            .Where(p => patientIds.Contains(p.Id))
            .ToDictionaryAsync(p => p.Id, p => p.Name);
        return ReminderText.Join([
            .. appointments
                .OrderBy(a => a.StartsAt)
                .Select(a =>
                {
                    var name = a.PatientId is { } id ? patients.GetValueOrDefault(id) : null;
                    var at = Instant
                        .FromDateTimeOffset(a.StartsAt)
                        .InZone(zone)
                        .ToDateTimeUnspecified();
                    return $"{name ?? "the visit"}, {at.ToString("ddd, MMM d, h:mm tt", English)}";
                }),
        ]);
    }

    private sealed record Asked(Id<Message> MessageId, DateTimeOffset At, Appointment Appointment);
}
