using Clinic.Inbox.Carrier;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using NodaTime;

namespace Clinic.Inbox.Demo;

/// <summary>Texts that the clinic sent, each settled one way or another.</summary>
internal static class DemoSent
{
    /// <summary>A text as sending and receipts would have left it. The first to a number carries the instructions.</summary>
    public static Message Message(
        DemoPractice practice,
        PhoneNumber number,
        MessageKind kind,
        string text,
        DemoLine line
    )
    {
        var message = new Message(
            Id<Message>.New(line.At),
            practice.Line.Id,
            number,
            kind,
            PurposeOf(kind),
            text,
            line.At
        );
        var standing = practice.StandingOf(number);
        var decision = ConsentGate.Decide(
            standing,
            practice.Holding(number, line.At),
            message.Purpose
        );
        if (decision.Allowed)
        {
            message.MayLeave(decision);
        }
        var suffix =
            kind != MessageKind.System && standing.IntroducedAt is null
                ? SystemTexts.Standard(TemplateKind.FirstMessageSuffix, practice.Clinic)
                : null;
        message.Compose(suffix, segments: 0);
        message.Compose(suffix, SmsText.Analyze(message.FullText).Segments.Value);
        message.MarkSending(line.At);
        if (line.Mark("unconfirmed") is not null)
        {
            message.MarkUnconfirmed(
                "The carrier gave no clear answer. It may or may not have arrived."
            );
            return message;
        }
        message.MarkSent(practice.CarrierId(), line.At.AddSeconds(1));
        if (line.Mark("failed") is { } code)
        {
            var problem = CarrierErrors.Describe(code, "");
            message.Advance(
                MessageState.Failed,
                line.At.AddSeconds(9),
                problem.Code,
                problem.PlainWords
            );
            return message;
        }
        standing.Introduced(line.At.AddSeconds(1));
        if (line.Mark("sent") is null)
        {
            message.Advance(MessageState.Delivered, line.At.AddSeconds(3), code: null, error: null);
        }
        return message;
    }

    private static Purpose PurposeOf(MessageKind kind) =>
        kind switch
        {
            MessageKind.System => Purpose.KeywordReply,
            MessageKind.Conversation or MessageKind.AutoResponse => Purpose.Conversation,
            _ => Purpose.Transactional,
        };

    /// <summary>To clients of some time a first text, before any conversation of today.</summary>
    public static void AddFirstTexts(DemoPractice practice)
    {
        foreach (var client in practice.Clients)
        {
            if (
                practice.Holding(client, ConsentCategory.Transactional) is { } consent
                && client.ReminderPreference == ReminderPreference.Sms
                && consent.At < practice.Time.On(-150, LocalTime.Midnight)
            )
            {
                var name = practice.Patients.Find(p => p.ClientId == client.Id)!.Name;
                Add(
                    practice,
                    client,
                    $"{practice.Clinic.Name}: {name} is due for a yearly check-up. Call us at {practice.Clinic.Phone} or reply here to find a time.",
                    practice.Time.On(-practice.Die.Next(125, 149), new LocalTime(10, 0))
                );
            }
        }
    }

    /// <summary>Reminders of the visits around today, two days before each. They belong to no conversation.</summary>
    public static void AddReminders(DemoPractice practice, IReadOnlyList<Appointment> book)
    {
        foreach (
            var visit in book.Where(v => v.Status != AppointmentStatus.Cancelled)
                .OrderBy(v => v.StartsAt)
        )
        {
            var client = practice.Clients.Find(c => c.Id == visit.ClientId)!;
            var sent = visit.StartsAt.AddDays(-2);
            if (
                sent > practice.Time.OpenMinutesAgo(60)
                || client.ReminderPreference != ReminderPreference.Sms
                || practice.Holding(client, ConsentCategory.Transactional) is null
            )
            {
                continue;
            }
            var patient = practice.Patients.Find(p => p.Id == visit.PatientId)!;
            var local = Instant
                .FromDateTimeOffset(visit.StartsAt)
                .InZone(DateTimeZoneProviders.Tzdb[practice.Clinic.TimeZone])
                .LocalDateTime;
            var when = local.ToString(
                "dddd, MMM d 'at' h:mm tt",
                System.Globalization.CultureInfo.GetCultureInfo("en-US")
            );
            Add(
                practice,
                client,
                $"{practice.Clinic.Name}: {patient.Name} has an appointment on {when} with {visit.Staff}. Reply C to confirm, or call {practice.Clinic.Phone}.",
                sent,
                visit
            );
        }
        var yesterday = practice.Time.On(-1, LocalTime.Midnight);
        foreach (
            var visit in book.Where(v =>
                    v.StartsAt > yesterday
                    && v.StartsAt < yesterday.AddDays(1)
                    && v.Status == AppointmentStatus.Arrived
                )
                .OrderBy(v => v.StartsAt)
                .Take(2)
        )
        {
            DemoReminders.AddMissed(practice, visit);
        }
    }

    private static void Add(
        DemoPractice practice,
        Client client,
        string text,
        DateTimeOffset at,
        Appointment? visit = null
    )
    {
        if (client.Mobile is { } number)
        {
            var message = Message(
                practice,
                number,
                MessageKind.Reminder,
                text,
                new DemoLine(at, "R>", text, [])
            );
            message.ClientId = client.Id;
            practice.Db.Messages.Add(message);
            var reminder = new PlannedReminder(
                Id<PlannedReminder>.New(at),
                // As planning would call it: the visit's reminder is sent, and is not planned again.
                visit is null
                    ? $"demo/{message.Id}"
                    : $"appointment/{visit.Id}/reminder/{2 * 24 * 60}/{Micros.Of(visit.StartsAt)}",
                visit is null ? ReminderKind.Medical : ReminderKind.Appointment,
                client.Id,
                visit?.PatientId,
                practice.Clinic.DayOf(visit?.StartsAt ?? at),
                at,
                at.AddDays(1)
            )
            {
                AppointmentId = visit?.Id,
            };
            reminder.LeaveWith(message.Id, at);
            practice.Db.PlannedReminders.Add(reminder);
        }
    }
}
