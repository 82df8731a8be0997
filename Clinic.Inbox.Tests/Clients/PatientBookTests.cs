using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using static Clinic.Inbox.Tests.Clients.ClinicFixture;

namespace Clinic.Inbox.Tests.Clients;

public sealed class PatientBookTests(ClinicFixture clinic) : IClassFixture<ClinicFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private PatientBook Patients => clinic.App.Get<PatientBook>();

    [Fact]
    public async Task A_patient_is_added_changed_in_part_and_removed()
    {
        var client = await clinic.AddAsync("Ana", "Owner");
        var bella = await clinic.AddPatientAsync(client, "Bella", "Dog", "Bites");

        await Patients.UpdateAsync(
            bella.Id,
            new PatientDraft { Breed = "Beagle", BornOn = new DateOnly(2020, 5, 1) },
            Maya,
            Token
        );
        await Patients.UpdateAsync(bella.Id, new PatientDraft { Deceased = true }, Maya, Token);

        var now = await Patients.FindAsync(bella.Id, Token);
        Assert.Equal(
            ("Bella", "Beagle", "Bites", true, new DateOnly(2020, 5, 1)),
            (now!.Name, now.Breed, now.Alerts, now.Deceased, now.BornOn!.Value)
        );
        Assert.True(await Patients.RemoveAsync(bella.Id, Maya, Token));
        Assert.False(await Patients.RemoveAsync(bella.Id, Maya, Token));
        Assert.Null(await Patients.FindAsync(bella.Id, Token));
    }

    [Fact]
    public async Task A_birthday_can_be_taken_away_again()
    {
        var client = await clinic.AddAsync("Ana", "Unsure");
        var bella = await clinic.AddPatientAsync(client, "Bella");
        var born = new PatientDraft { BornOn = new DateOnly(2020, 5, 1) };
        await Patients.UpdateAsync(bella.Id, born, Maya, Token);

        await Patients.UpdateAsync(
            bella.Id,
            new PatientDraft { BirthdayUnknown = true },
            Maya,
            Token
        );

        Assert.Null((await Patients.FindAsync(bella.Id, Token))!.BornOn);
    }

    [Fact]
    public async Task Bad_fields_are_named_and_nothing_is_written()
    {
        var client = await clinic.AddAsync("Ana", "Bad");
        var draft = new PatientDraft
        {
            Name = " ",
            Species = new string('s', 20_000),
            BornOn = new DateOnly(2999, 1, 1),
        };

        var invalid = Assert.IsType<PatientResult.Invalid>(
            await Patients.AddAsync(client.Id, draft, Maya, Token)
        );

        Assert.Equal(["name", "species", "bornOn"], invalid.Problems.Select(p => p.Field));
        Assert.Empty((await clinic.Clients.FindAsync(client.Id, Token))!.Patients);
    }

    [Fact]
    public async Task Nobody_who_is_not_there_gets_a_patient()
    {
        var nobody = Id<Client>.New(DateTimeOffset.UtcNow);

        var result = await Patients.AddAsync(
            nobody,
            new PatientDraft { Name = "Bella" },
            Maya,
            Token
        );

        Assert.IsType<PatientResult.NotFound>(result);
    }

    [Fact]
    public async Task The_practice_systems_patient_is_made_once_and_can_move_to_another_client()
    {
        var ana = await clinic.AddAsync("Ana", "Gives");
        var bob = await clinic.AddAsync("Bob", "Takes");
        var draft = new PatientDraft { Name = "Rex", Species = "Dog" };

        var made = await Patients.UpsertExternalAsync("p-1", ana.Id, draft, Maya, Token);
        var moved = await Patients.UpsertExternalAsync("p-1", bob.Id, draft, Maya, Token);

        Assert.True(Assert.IsType<PatientResult.Saved>(made).Created);
        Assert.False(Assert.IsType<PatientResult.Saved>(moved).Created);
        Assert.Empty((await clinic.Clients.FindAsync(ana.Id, Token))!.Patients);
        Assert.Equal(
            "Rex",
            (await clinic.Clients.FindAsync(bob.Id, Token))!.Patients.Single().Name
        );
    }
}
