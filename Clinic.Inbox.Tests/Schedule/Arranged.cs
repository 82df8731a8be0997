using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Schedule;

/// <summary>A client with a patient and one appointment type, for tests of the book.</summary>
internal sealed record Arranged(AppointmentType Type, Client Client, Patient Patient)
{
    public static readonly Actor Maya = new("maya", "Maya");

    public static async Task<Arranged> InAsync(InboxApp app, string timeZone = "America/Chicago")
    {
        var now = app.Clock.GetUtcNow();
        await using var db = app.Db();
        db.ClinicProfiles.Single().Describe("Test Vets", timeZone, "US", "");
        var type = new AppointmentType(Id<AppointmentType>.New(now), "Wellness exam", 30, "teal");
        var client = new Client(Id<Client>.New(now), "Ana", "Ruiz", now);
        PhoneNumber.TryFromCarrier("13125550134", out var number);
        client.AddPhone(number, PhoneType.Mobile);
        var patient = new Patient(Id<Patient>.New(now), client.Id, "Biscuit", "Dog")
        {
            Alerts = "Nervous with men",
        };
        db.AddRange(type, client, patient);
        await db.SaveChangesAsync();
        return new Arranged(type, client, patient);
    }

    public AppointmentDraft Draft(DateTimeOffset startsAt, string staff = "Dr. Osei") =>
        new(Type.Id, Client.Id, Patient.Id, startsAt, EndsAt: null, staff);
}
