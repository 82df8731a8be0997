using System.Security.Cryptography;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;

namespace Clinic.Inbox.Reminders;

/// <summary>The short form that a client fills in before a visit, behind a private link.</summary>
public sealed class PreVisitForm
{
    /// <summary>Longest answer, UTF-16 units.</summary>
    public const int LongestAnswer = 2_000;

    private PreVisitForm() { }

    public PreVisitForm(Id<PreVisitForm> id, Id<Appointment> appointmentId, DateTimeOffset at)
    {
        Id = id;
        AppointmentId = appointmentId;
        SentAt = at;
        // 128 bits: nobody guesses it.
        Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    }

    public Id<PreVisitForm> Id { get; private set; }
    public Id<Appointment> AppointmentId { get; private set; }

    /// <summary>The unguessable part of its address, <c>/v/{token}</c>; unique.</summary>
    public string Token { get; private set; } = "";
    public DateTimeOffset SentAt { get; private set; }
    public DateTimeOffset? OpenedAt { get; private set; }
    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>What brings the patient in.</summary>
    public string Concern { get; private set; } = "";

    /// <summary>Medicines and food it gets now.</summary>
    public string Medication { get; private set; } = "";

    public void Opened(DateTimeOffset at) => OpenedAt ??= at;

    /// <exception cref="ArgumentException">An answer is over 2,000 characters.</exception>
    public void Answer(string concern, string medication, DateTimeOffset at)
    {
        if (concern.Length > LongestAnswer || medication.Length > LongestAnswer)
        {
            throw new ArgumentException(
                $"An answer has at most {LongestAnswer:N0} characters.",
                nameof(concern)
            );
        }
        Concern = concern.Trim();
        Medication = medication.Trim();
        AnsweredAt = at;
    }
}
