using Clinic.Inbox.AddOns;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>Makes the text of one reminder, with others of the same client and day in it, and queues it.</summary>
internal sealed class ReminderLetter(
    WriteSession session,
    Line line,
    PlanningRules rules,
    PublicAddress address
)
{
    private InboxDb Db => session.Db;

    /// <summary>True when it left; else the reminder says why not.</summary>
    public async Task<bool> WriteAsync(PlannedReminder reminder)
    {
        var client = await Db
            .Clients.Include(c => c.Phones.OrderBy(p => p.Position))
            .SingleAsync(c => c.Id == reminder.ClientId);
        if (WhyNot(client) is { } why)
        {
            reminder.Skip(why, session.Now);
            return false;
        }
        var together = await AliveAsync(await TogetherAsync(reminder));
        if (together.Count == 0)
        {
            return false;
        }
        if (await TextAsync(together, client) is not { } text)
        {
            reminder.Cancel("What it was about is gone.", session.Now);
            return false;
        }
        if (client.ReminderPreference == ReminderPreference.Email)
        {
            return WriteEmail(together, client, text);
        }
        var draft = new Draft(
            line,
            client.Mobile!.Value,
            MessageKind.Reminder,
            Purpose.Transactional,
            text
        )
        {
            ClientId = client.Id,
            ExpiresAt = together.Min(r => r.ExpiresAt),
        };
        switch (await Outbox.EnqueueAsync(session, draft, CancellationToken.None))
        {
            case EnqueueResult.Queued queued:
                together.ForEach(r => r.LeaveWith(queued.Message.Id, session.Now));
                return true;
            case EnqueueResult.Refused refused:
                together.ForEach(r => r.Skip(refused.Reason, session.Now));
                return false;
            default:
                return false;
        }
    }

    /// <summary>Why this client gets no reminder, in plain words; null: nothing of its profile says so.</summary>
    internal static string? WhyNot(Client client) =>
        client switch
        {
            { ReminderPreference: ReminderPreference.None } =>
                "The client's profile says: no reminders.",
            { ReminderPreference: ReminderPreference.Email, Email: "" } =>
                "The client prefers email, and there is no email address.",
            { ReminderPreference: ReminderPreference.Sms, Mobile: null } =>
                "The client has no mobile number.",
            _ => null,
        };

    private bool WriteEmail(List<PlannedReminder> together, Client client, string text)
    {
        var id = Id<OutgoingEmail>.New(session.Now);
        Db.OutgoingEmails.Add(
            new OutgoingEmail(id, client.Email, together[0].Kind.Name(), text, session.Now)
        );
        together.ForEach(r => r.LeaveByEmail(session.Now));
        return true;
    }

    /// <summary>This one, and what the same client would be told of the same day in a text of its own.</summary>
    private async Task<List<PlannedReminder>> TogetherAsync(PlannedReminder reminder)
    {
        if (!rules.Settings.OneTextADay)
        {
            return [reminder];
        }
        var others = await Db
            .PlannedReminders.Where(p =>
                p.ClientId == reminder.ClientId
                && p.Kind == reminder.Kind
                && p.About == reminder.About
                && p.Id != reminder.Id
                && (p.State == ReminderState.Planned || p.State == ReminderState.Held)
            )
            .ToListAsync();
        // Only what belongs to the same round: not tomorrow's follow-up along with today's.
        others.RemoveAll(o => (o.DueAt - reminder.DueAt).Duration() > TimeSpan.FromHours(12));
        // Of each other visit the nearest: this visit's own next reminder, or that one's, follows in a text of its own.
        var round = others
            .Where(o => SubjectOf(o) != SubjectOf(reminder))
            .GroupBy(SubjectOf)
            .Select(g => g.MinBy(o => (o.DueAt - reminder.DueAt).Duration())!);
        return [reminder, .. round];
    }

    private static (Id<Appointment>?, Id<MedicalReminder>?) SubjectOf(PlannedReminder reminder) =>
        (reminder.AppointmentId, reminder.MedicalReminderId);

    /// <summary>Nobody is reminded of an animal that has died.</summary>
    private async Task<List<PlannedReminder>> AliveAsync(List<PlannedReminder> together)
    {
        var patientIds = together.ConvertAll(r => r.PatientId);
        var died = await Db
            .Patients.Where(p => patientIds.Contains(p.Id) && p.Deceased)
            .Select(p => (Id<Patient>?)p.Id)
            .ToListAsync();
        together
            .FindAll(r => died.Contains(r.PatientId))
            .ForEach(r => r.Skip("The patient has died.", session.Now));
        return together.FindAll(r => r.IsOpen);
    }

    private async Task<string?> TextAsync(List<PlannedReminder> together, Client client)
    {
        var clinic = await Db.ClinicProfiles.AsNoTracking().SingleAsync();
        var values = ReminderText.Values(clinic, client);
        var patientIds = together.ConvertAll(r => r.PatientId);
        var patients = await Db
            .Patients.AsNoTracking()
            .Where(p => patientIds.Contains(p.Id))
            .OrderBy(p => p.Name)
            .ToListAsync();
        ReminderText.AddPatients(values, patients);
        var scope = "";
        if (together[0].Kind == ReminderKind.Medical)
        {
            var ids = together.ConvertAll(r => r.MedicalReminderId);
            var due = await Db
                .MedicalReminders.AsNoTracking()
                .Where(r => ids.Contains(r.Id) && r.State == MedicalState.Due)
                .ToListAsync();
            if (due.Count == 0)
            {
                return null;
            }
            ReminderText.AddMedical(values, due);
        }
        else
        {
            var ids = together.ConvertAll(r => r.AppointmentId);
            var first = await Db
                .Appointments.AsNoTracking()
                .Where(a => ids.Contains(a.Id) && a.Status != AppointmentStatus.Cancelled)
                .OrderBy(a => a.StartsAt)
                .FirstOrDefaultAsync();
            if (first is null)
            {
                return null;
            }
            var type = await Db
                .AppointmentTypes.AsNoTracking()
                .SingleAsync(t => t.Id == first.TypeId);
            ReminderText.AddAppointment(values, first, type, rules.Zone);
            if (together[0].Kind == ReminderKind.PreVisit)
            {
                values["previsit.link"] = await FormAsync(first);
            }
            scope = type.Id.ToString();
        }
        var template = await TemplateBook.CurrentAsync(
            Db,
            together[0].Kind.Template(),
            scope,
            CancellationToken.None
        );
        return template.Render(values);
    }

    /// <summary>The address of the visit's form; the same one when it is sent again.</summary>
    private async Task<string> FormAsync(Appointment appointment)
    {
        var form = await Db.PreVisitForms.FirstOrDefaultAsync(f =>
            f.AppointmentId == appointment.Id
        );
        if (form is null)
        {
            form = new PreVisitForm(Id<PreVisitForm>.New(session.Now), appointment.Id, session.Now);
            Db.PreVisitForms.Add(form);
        }
        return address.At($"v/{form.Token}").AbsoluteUri;
    }
}
