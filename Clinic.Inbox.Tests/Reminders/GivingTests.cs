using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Microsoft.EntityFrameworkCore;
using static Clinic.Inbox.Tests.Reminders.CareFixture;

namespace Clinic.Inbox.Tests.Reminders;

public sealed class GivingTests(CareFixture clinic) : IClassFixture<CareFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Giving_settles_what_was_due_and_makes_the_next_time_due_with_its_texts()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var item = await clinic.ItemAsync("Rabies vaccine", Every(365, [14, 3], 7));
        var due = await clinic.DueAsync(patient, item, today.AddDays(2));
        await clinic.PlannedAsync(client, 1);

        var noted = await clinic.GiveAsync(patient, item, today);

        var next = today.AddDays(365);
        Assert.Equal((true, next), (noted.Created, noted.Next!.DueOn));
        Assert.Equal(
            [(due.Id, MedicalState.Given), (noted.Next.Id, MedicalState.Due)],
            (await clinic.MedicalAsync(patient)).Select(r => (r.Id, r.State))
        );
        Assert.Equal(
            [next.AddDays(-14), next.AddDays(-3), next.AddDays(7)],
            await clinic.PlannedAsync(client, 3)
        );
    }

    [Fact]
    public async Task Given_twice_on_a_day_is_given_once()
    {
        var (_, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var item = await clinic.ItemAsync("Rabies vaccine", Every(365, [14]));

        var both = await Task.WhenAll(
            clinic.GiveAsync(patient, item, today),
            clinic.GiveAsync(patient, item, today)
        );

        Assert.Single(both, noted => noted.Created);
        Assert.Equal(both[0].Treatment.Id, both[1].Treatment.Id);
        Assert.Single(await clinic.MedicalAsync(patient));
        await using var db = clinic.App.Db();
        Assert.Equal(1, await db.Treatments.CountAsync(t => t.PatientId == patient.Id, Ct));
    }

    [Fact]
    public async Task A_day_noted_late_does_not_push_the_due_date_back()
    {
        var (_, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var item = await clinic.ItemAsync("Rabies vaccine", Every(365, [14]));
        await clinic.GiveAsync(patient, item, today.AddDays(-5));

        var late = await clinic.GiveAsync(patient, item, today.AddDays(-400));

        Assert.True(late.Created);
        Assert.Null(late.Next);
        var only = Assert.Single(await clinic.MedicalAsync(patient));
        Assert.Equal((MedicalState.Due, today.AddDays(360)), (only.State, only.DueOn));
    }

    [Fact]
    public async Task Old_news_does_not_settle_a_later_due_date_that_the_practice_system_knows()
    {
        var (_, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var item = await clinic.ItemAsync("Rabies vaccine", Every(365, [14]));
        await clinic.DueAsync(patient, item, today.AddDays(200));

        var noted = await clinic.GiveAsync(patient, item, today.AddDays(-300));

        Assert.Null(noted.Next);
        var only = Assert.Single(await clinic.MedicalAsync(patient));
        Assert.Equal((MedicalState.Due, today.AddDays(200)), (only.State, only.DueOn));
    }

    [Fact]
    public async Task Without_an_action_it_is_settled_and_nothing_becomes_due()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var item = await clinic.ItemAsync("Nail trim");
        await clinic.DueAsync(patient, item, today.AddDays(3));
        await clinic.DueAsync(patient, await clinic.ItemAsync("Other"), today.AddDays(3));

        var noted = await clinic.GiveAsync(patient, item, today);

        Assert.Null(noted.Next);
        Assert.Equal(
            [MedicalState.Due, MedicalState.Given],
            (await clinic.MedicalAsync(patient)).Select(r => r.State).Order()
        );
        await clinic.PlannedAsync(client, 0);
    }

    [Fact]
    public async Task Nothing_becomes_due_for_a_patient_that_died()
    {
        var (_, patient) = await clinic.OwnerAsync();
        var item = await clinic.ItemAsync("Rabies vaccine", Every(365, [14]));
        await using (var db = clinic.App.Db())
        {
            (await db.Patients.SingleAsync(p => p.Id == patient.Id, Ct)).Deceased = true;
            await db.SaveChangesAsync(Ct);
        }

        var noted = await clinic.GiveAsync(patient, item, (await clinic.TodayAsync()).AddDays(-1));

        Assert.Null(noted.Next);
    }

    [Fact]
    public async Task Tomorrow_and_nobody_are_refused()
    {
        var (_, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var item = await clinic.ItemAsync("Rabies vaccine");

        var tomorrow = await clinic.Inventory.GiveAsync(
            patient.Id,
            item.Id,
            today.AddDays(1),
            Maya,
            Ct
        );
        var nobody = await clinic.Inventory.GiveAsync(
            default(Id<Patient>),
            item.Id,
            today,
            Maya,
            Ct
        );
        var nothing = await clinic.Inventory.GiveAsync(patient.Id, default, today, Maya, Ct);

        Assert.Equal("givenOn", Assert.IsType<GivenResult.Invalid>(tomorrow).Problem.Field);
        Assert.Equal("patientId", Assert.IsType<GivenResult.Invalid>(nobody).Problem.Field);
        Assert.IsType<GivenResult.NotFound>(nothing);
    }

    [Fact]
    public async Task A_due_day_at_the_end_of_time_is_refused_before_it_stops_planning()
    {
        var (_, patient) = await clinic.OwnerAsync();
        var item = await clinic.ItemAsync("Rabies vaccine", Every(365, [14], 7));

        var result = await clinic
            .App.Get<MedicalReminderBook>()
            .AddAsync(
                new MedicalReminderDraft(patient.Id, null, DateOnly.MaxValue, item.Id),
                Maya,
                Ct
            );

        Assert.Equal("dueOn", Assert.IsType<MedicalReminderResult.Invalid>(result).Problem.Field);
    }
}
