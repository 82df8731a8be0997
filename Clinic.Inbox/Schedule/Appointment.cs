using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Schedule;

/// <summary>A visit in the clinic's book.</summary>
public sealed class Appointment
{
    private Appointment() { }

    public Appointment(
        Id<Appointment> id,
        Id<AppointmentType> typeId,
        Id<Client> clientId,
        Id<Patient>? patientId,
        DateTimeOffset startsAt,
        DateTimeOffset endsAt,
        string staff
    )
    {
        Id = id;
        Describe(typeId, clientId, patientId, staff);
        MoveTo(startsAt, endsAt);
    }

    public Id<Appointment> Id { get; private set; }
    public string? ExternalId { get; set; }
    public Id<AppointmentType> TypeId { get; private set; }
    public Id<Client> ClientId { get; private set; }
    public Id<Patient>? PatientId { get; private set; }
    public DateTimeOffset StartsAt { get; private set; }
    public DateTimeOffset EndsAt { get; private set; }

    /// <summary>Who sees the patient.</summary>
    public string Staff { get; private set; } = "";
    public AppointmentStatus Status { get; private set; }

    /// <summary>The client shall be told of its time: it was booked or moved here. What a practice system imports is not.</summary>
    public bool WantsConfirmation { get; private set; }

    /// <summary>How often the client was to be told of a time: one that it had before is told again.</summary>
    public int TimesTold { get; private set; }

    /// <summary>Something changed that the reminders have not been planned by yet.</summary>
    public bool NeedsPlanning { get; private set; } = true;

    /// <summary>What it is for, for whom, and who sees the patient.</summary>
    public void Describe(
        Id<AppointmentType> typeId,
        Id<Client> clientId,
        Id<Patient>? patientId,
        string staff
    )
    {
        TypeId = typeId;
        ClientId = clientId;
        PatientId = patientId;
        Staff = staff.Trim();
        NeedsPlanning = true;
    }

    /// <summary>The client is told of its time by a text; or, when not <paramref name="wanted"/>, is not.</summary>
    public void ConfirmByText(bool wanted = true)
    {
        WantsConfirmation = wanted;
        TimesTold += wanted ? 1 : 0;
        NeedsPlanning = true;
    }

    /// <exception cref="ArgumentException">It would end before it starts.</exception>
    public void MoveTo(DateTimeOffset startsAt, DateTimeOffset endsAt)
    {
        if (endsAt <= startsAt)
        {
            throw new ArgumentException("An appointment ends after it starts.", nameof(endsAt));
        }
        StartsAt = startsAt;
        EndsAt = endsAt;
        NeedsPlanning = true;
    }

    /// <summary>
    /// Whether the desk may say so now. A slip of the hand is put right by going back to <see cref="AppointmentStatus.Booked"/>.
    /// </summary>
    public bool Allows(AppointmentStatus next) =>
        (Status, next) switch
        {
            (AppointmentStatus.Booked, not AppointmentStatus.Booked) => true,
            (
                AppointmentStatus.Confirmed,
                AppointmentStatus.Arrived
                    or AppointmentStatus.Cancelled
                    or AppointmentStatus.NoShow
            ) => true,
            // Late, but here.
            (AppointmentStatus.NoShow, AppointmentStatus.Arrived) => true,
            (not AppointmentStatus.Booked, AppointmentStatus.Booked) => true,
            _ => false,
        };

    /// <exception cref="InvalidOperationException"><see cref="Allows"/> says no.</exception>
    public void Become(AppointmentStatus next)
    {
        if (!Allows(next))
        {
            throw new InvalidOperationException($"From {Status} it can't become {next}.");
        }
        Status = next;
        NeedsPlanning = true;
    }

    public void Confirm() => Become(AppointmentStatus.Confirmed);

    public void Cancel() => Become(AppointmentStatus.Cancelled);

    public void CheckIn() => Become(AppointmentStatus.Arrived);

    public void MarkNoShow() => Become(AppointmentStatus.NoShow);

    /// <summary>The practice system keeps the book itself and is believed, whatever the status was.</summary>
    internal void Follow(AppointmentStatus status) => (Status, NeedsPlanning) = (status, true);
}

public enum AppointmentStatus
{
    Booked,
    Confirmed,
    Arrived,
    Cancelled,
    NoShow,
}

/// <summary>A kind of visit.</summary>
public sealed class AppointmentType
{
    /// <summary>The theme's schedule colours.</summary>
    public static readonly IReadOnlyList<string> Colors =
    [
        "teal",
        "blue",
        "violet",
        "amber",
        "rose",
        "slate",
    ];

    private AppointmentType() { }

    public AppointmentType(Id<AppointmentType> id, string name, int minutes, string color)
    {
        Id = id;
        Describe(name, minutes, color);
    }

    public Id<AppointmentType> Id { get; private set; }

    /// <summary>The practice system's own id; null when the type was made here.</summary>
    public string? ExternalId { get; set; }
    public string Name { get; private set; } = "";

    /// <summary>Usual length, minutes.</summary>
    public int Minutes { get; private set; }

    /// <summary>One of the theme's schedule colours: teal, blue, violet, amber, rose, slate.</summary>
    public string Color { get; private set; } = "";

    /// <summary>A text goes out when a visit of this type is booked or moved.</summary>
    public bool SendsConfirmation { get; private set; } = true;

    /// <summary>Minutes before a visit at which a reminder goes; null: as the clinic chose for all; empty: none.</summary>
    public IReadOnlyList<int>? ReminderOffsets { get; private set; }

    /// <summary>Minutes before a visit at which the pre-visit form is sent; null: it is not.</summary>
    public int? PreVisitOffset { get; private set; }

    /// <summary>What is wrong with minutes before a visit, in plain words; null when nothing is.</summary>
    public static string? OffsetsProblem(IReadOnlyList<int> offsets) =>
        offsets.Count > 6 || offsets.Any(o => o is < 5 or > 86_400)
            ? "At most six offsets, each 5 minutes to 60 days before the visit."
            : null;

    /// <exception cref="ArgumentException">More than six offsets, or one that is not 5 minutes to 60 days.</exception>
    public void RemindBy(
        bool sendsConfirmation,
        IReadOnlyList<int>? reminderOffsets,
        int? preVisitOffset
    )
    {
        if (
            (
                OffsetsProblem(reminderOffsets ?? [])
                ?? (preVisitOffset is { } before ? OffsetsProblem([before]) : null)
            ) is
            { } problem
        )
        {
            throw new ArgumentException(problem, nameof(reminderOffsets));
        }
        SendsConfirmation = sendsConfirmation;
        ReminderOffsets = reminderOffsets is null
            ? null
            : [.. reminderOffsets.Distinct().OrderDescending()];
        PreVisitOffset = preVisitOffset;
    }

    /// <exception cref="ArgumentException">The name is empty or over 100 characters, or the colour is none of ours.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is not 5 minutes to 24 hours.</exception>
    public void Describe(string name, int minutes, string color)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100)
        {
            throw new ArgumentException(
                "An appointment type needs a name of at most 100 characters.",
                nameof(name)
            );
        }
        if (!Colors.Contains(color, StringComparer.Ordinal))
        {
            throw new ArgumentException(
                $"The colour is one of {string.Join(", ", Colors)}.",
                nameof(color)
            );
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(minutes, 5);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minutes, 24 * 60);
        Name = name.Trim();
        Minutes = minutes;
        Color = color;
    }
}
