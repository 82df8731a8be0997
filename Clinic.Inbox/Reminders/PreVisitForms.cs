using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>A form that can be filled in, as its page shows it.</summary>
/// <param name="PatientName">"Bella"; "your pet" when the visit names none.</param>
/// <param name="AnsweredAt">Null: not yet.</param>
public sealed record OpenPreVisitForm(
    string ClinicName,
    string PatientName,
    DateTimeOffset StartsAt,
    string Concern,
    string Medication,
    DateTimeOffset? AnsweredAt
);

/// <summary>What staff see of a visit's form.</summary>
/// <param name="OpenedAt">When its link was first opened; null: not yet.</param>
/// <param name="AnsweredAt">When it was last sent in; null: not yet, and the answers are empty.</param>
public sealed record PreVisitAnswers(
    DateTimeOffset SentAt,
    DateTimeOffset? OpenedAt,
    DateTimeOffset? AnsweredAt,
    string Concern,
    string Medication
);

/// <summary>What came of sending a form in.</summary>
public enum PreVisitOutcome
{
    Kept,

    /// <summary>The visit has begun, was cancelled, or there is no such form.</summary>
    Closed,

    /// <summary>Nothing was written.</summary>
    Empty,

    /// <summary>An answer is over <see cref="PreVisitForm.LongestAnswer"/>.</summary>
    TooLong,
}

/// <summary>The forms that clients fill in before a visit. Whoever has the link may: it is open from sending until the visit starts.</summary>
public sealed class PreVisitForms(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock
)
{
    /// <summary>Staff see on the text with the link that it was answered.</summary>
    private const string Note = "The pre-visit form was filled in: the visit shows the answers.";

    private const int TokenLength = 32;

    /// <summary>Null when there is nothing to fill in (any more): whoever asks learns no more than that.</summary>
    public async Task<OpenPreVisitForm?> FindAsync(string token, CancellationToken cancellation)
    {
        if (!IsToken(token))
        {
            return null;
        }
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var found = await Open(db, token, now)
            .Select(x => new { x.Form, x.Appointment })
            .AsNoTracking()
            .FirstOrDefaultAsync(cancellation);
        if (found is null)
        {
            return null;
        }
        var clinic = await db.ClinicProfiles.Select(c => c.Name).SingleAsync(cancellation);
        var patient = await db
            .Patients.Where(p => p.Id == found.Appointment.PatientId)
            .Select(p => p.Name)
            .FirstOrDefaultAsync(cancellation);
        return new OpenPreVisitForm(
            clinic,
            patient ?? "your pet",
            found.Appointment.StartsAt,
            found.Form.Concern,
            found.Form.Medication,
            found.Form.AnsweredAt
        );
    }

    /// <summary>Notes that the link was opened, the first time.</summary>
    public async Task NoteOpenedAsync(string token, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (
            await Open(db, token, clock.GetUtcNow())
                .AnyAsync(x => x.Form.OpenedAt == null, cancellation)
        )
        {
            await writer.RunAsync(
                async session =>
                {
                    var (form, appointment) = await TrackedAsync(session, token);
                    if (form is { OpenedAt: null } && appointment is not null)
                    {
                        form.Opened(session.Now);
                        await session.Db.SaveChangesAsync();
                        Tell(session, appointment);
                    }
                },
                cancellation
            );
        }
    }

    /// <summary>Keeps the answers; until the visit starts they can be changed.</summary>
    public async Task<PreVisitOutcome> AnswerAsync(
        string token,
        string concern,
        string medication,
        CancellationToken cancellation
    )
    {
        (concern, medication) = (Plain(concern), Plain(medication));
        if (!IsToken(token))
        {
            return PreVisitOutcome.Closed;
        }
        if (Math.Max(concern.Length, medication.Length) > PreVisitForm.LongestAnswer)
        {
            return PreVisitOutcome.TooLong;
        }
        if (concern.Length + medication.Length == 0)
        {
            return PreVisitOutcome.Empty;
        }
        return await writer.RunAsync(
            async session =>
            {
                var (form, appointment) = await TrackedAsync(session, token);
                if (form is null || appointment is null)
                {
                    return PreVisitOutcome.Closed;
                }
                form.Opened(session.Now);
                form.Answer(concern, medication, session.Now);
                session.Note(
                    new Actor("client", "Client"),
                    "preVisit.answered",
                    appointment.Id.ToString()
                );
                await NoteOnTextAsync(session, appointment.Id);
                await session.Db.SaveChangesAsync();
                Tell(session, appointment);
                return PreVisitOutcome.Kept;
            },
            cancellation
        );
    }

    /// <summary>Null when no form was sent for this visit.</summary>
    public async Task<PreVisitAnswers?> AnswersAsync(
        Id<Appointment> appointmentId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .PreVisitForms.Where(f => f.AppointmentId == appointmentId)
            .Select(f => new PreVisitAnswers(
                f.SentAt,
                f.OpenedAt,
                f.AnsweredAt,
                f.Concern,
                f.Medication
            ))
            .FirstOrDefaultAsync(cancellation);
    }

    private static IQueryable<FormOfVisit> Open(InboxDb db, string token, DateTimeOffset now) =>
        db
            .PreVisitForms.Where(f => f.Token == token)
            .Join(
                db.Appointments,
                f => f.AppointmentId,
                a => a.Id,
                (f, a) => new FormOfVisit { Form = f, Appointment = a }
            )
            .Where(x =>
                x.Appointment.StartsAt > now && x.Appointment.Status != AppointmentStatus.Cancelled
            );

    private static async Task<(PreVisitForm? Form, Appointment? Appointment)> TrackedAsync(
        WriteSession session,
        string token
    )
    {
        var found = await Open(session.Db, token, session.Now).FirstOrDefaultAsync();
        return (found?.Form, found?.Appointment);
    }

    private static async Task NoteOnTextAsync(WriteSession session, Id<Appointment> appointmentId)
    {
        var texts = await session
            .Db.PlannedReminders.Where(p =>
                p.AppointmentId == appointmentId && p.Kind == ReminderKind.PreVisit
            )
            .Join(session.Db.Messages, p => p.MessageId, m => m.Id, (_, m) => m)
            .Include(m => m.Attachments)
            .ToListAsync();
        foreach (var text in texts)
        {
            text.Note = Note;
            if (text.ConversationId is { } conversation)
            {
                session.Publish(new InboxEvent.MessageChanged(conversation, MessageView.Of(text)));
            }
        }
    }

    private static void Tell(WriteSession session, Appointment appointment)
    {
        session.Publish(new InboxEvent.ScheduleChanged(appointment.StartsAt, appointment.EndsAt));
        session.Publish(new InboxEvent.ClientChanged(appointment.ClientId, Number: null));
    }

    /// <summary>As we make them: anything else is nobody's, and the database need not be asked.</summary>
    private static bool IsToken(string token) =>
        token.Length == TokenLength && token.All(char.IsAsciiHexDigitLower);

    /// <summary>Browsers send a line's end as two characters and count it as one.</summary>
    private static string Plain(string text) =>
        SmsText.RepairSurrogates(text).Replace('\0', '\uFFFD').ReplaceLineEndings("\n").Trim();

    private sealed class FormOfVisit
    {
        public required PreVisitForm Form { get; init; }
        public required Appointment Appointment { get; init; }
    }
}
