using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Schedule;

/// <summary>A visit that somebody wants in the book.</summary>
/// <param name="EndsAt">Null: as long as its type usually takes.</param>
/// <param name="Staff">Who sees the patient; empty: not decided.</param>
/// <param name="ConfirmByText">The client is texted when it is booked or starts at another time, if its type sends confirmations.</param>
public sealed record AppointmentDraft(
    Id<AppointmentType> TypeId,
    Id<Client> ClientId,
    Id<Patient>? PatientId,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt = null,
    string Staff = "",
    bool ConfirmByText = true
);

/// <summary>What became of a change to the book.</summary>
public abstract record BookResult
{
    /// <param name="Created">False when it was there before.</param>
    public sealed record Done(Appointment Appointment, bool Created) : BookResult;

    /// <param name="Code">notFound, unknownType, unknownClient, unknownPatient, badTimes, badName or notNow.</param>
    /// <param name="Reason">In plain words.</param>
    public sealed record Refused(string Code, string Reason) : BookResult
    {
        internal static readonly Refused NotFound = new(
            "notFound",
            "This appointment is not in the book (any more)."
        );
    }
}
