using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using static Clinic.Inbox.Tests.Reminders.CareFixture;

namespace Clinic.Inbox.Tests.Reminders;

public sealed class ResendTests(CareFixture clinic) : IClassFixture<CareFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ReminderDesk Desk => clinic.App.Get<ReminderDesk>();

    [Fact]
    public async Task A_sent_reminder_goes_out_once_more_as_one_of_its_own()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var first = await clinic.RemindNowAsync(client, patient);
        await clinic.UntilAsync(first, ReminderStanding.Delivered);

        var again = Assert.IsType<ReminderResult.Done>(await Desk.ResendAsync(first, Maya, Ct));

        Assert.Equal(first, again.Reminder.ResendOf);
        var row = await clinic.UntilAsync(again.Reminder.Id, ReminderStanding.Delivered);
        Assert.NotEqual((await clinic.ReminderAsync(first)).MessageId, row.Reminder.MessageId);
        await using var db = clinic.App.Db();
        Assert.Equal(2, await db.Messages.CountAsync(m => m.ClientId == client.Id, Ct));
        Assert.Equal(
            Maya.Name,
            (await db.Audit.SingleAsync(a => a.Subject == first.ToString(), Ct)).ActorName
        );
    }

    [Fact]
    public async Task A_second_click_sends_nothing_twice()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var first = await SentAsync(client, patient, queued: false);

        var results = await Task.WhenAll(
            Desk.ResendAsync(first, Maya, Ct),
            Desk.ResendAsync(first, Maya, Ct)
        );

        Assert.Single(results.OfType<ReminderResult.Done>());
        Assert.Single(results.OfType<ReminderResult.Refused>());
    }

    [Fact]
    public async Task What_waits_in_the_outbox_is_not_sent_again()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var first = await SentAsync(client, patient, queued: true);

        var refused = Assert.IsType<ReminderResult.Refused>(
            await Desk.ResendAsync(first, Maya, Ct)
        );

        Assert.Equal("notNow", refused.Code);
        Assert.Contains("waits to leave", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_reminded_of_what_was_given_or_cancelled_or_is_planned()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var planned = Planned(client, patient, clinic.App.Clock.GetUtcNow().AddDays(1));
        var cancelled = Planned(client, patient, clinic.App.Clock.GetUtcNow().AddDays(1));
        cancelled.Cancel("It was changed.", clinic.App.Clock.GetUtcNow());
        await AddAsync(planned, cancelled);
        var given = await SentAsync(client, patient, queued: false);
        var medical = (await clinic.ReminderAsync(given)).MedicalReminderId!.Value;
        await clinic
            .App.Get<MedicalReminderBook>()
            .UpdateAsync(
                medical,
                new MedicalReminderDraft(null, null, null, State: MedicalState.Given),
                Maya,
                Ct
            );

        Assert.Equal("It is not due any more.", await RefusalAsync(given));
        Assert.Contains("planned", await RefusalAsync(planned.Id), StringComparison.Ordinal);
        Assert.NotEmpty(await RefusalAsync(cancelled.Id));
        Assert.IsType<ReminderResult.NotFound>(await Desk.ResendAsync(default, Maya, Ct));
    }

    [Fact]
    public async Task A_skipped_one_is_itself_sent_once_its_reason_is_gone()
    {
        var (client, patient) = await clinic.OwnerAsync(consents: false);
        var id = await clinic.RemindNowAsync(client, patient);
        var skipped = await clinic.UntilAsync(id, ReminderStanding.Skipped);
        Assert.Contains("consent", skipped.Reason, StringComparison.Ordinal);
        await new ConsentOf(clinic.App).GrantAsync(client);

        var again = Assert.IsType<ReminderResult.Done>(await Desk.ResendAsync(id, Maya, Ct));

        Assert.Equal(id, again.Reminder.Id);
        await clinic.UntilAsync(id, ReminderStanding.Delivered);
    }

    [Fact]
    public async Task What_was_asked_for_again_survives_a_change_of_what_it_is_about()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var item = await clinic.ItemAsync("Rabies vaccine", Every(365, [14], 7));
        var due = await clinic.DueAsync(patient, item, today.AddDays(5));
        await clinic.PlannedAsync(client, 1);
        // Asked for, and not fed yet: it is due later than now.
        var again = new PlannedReminder(
            Id<PlannedReminder>.New(clinic.App.Clock.GetUtcNow()),
            $"resend/test/{Guid.NewGuid():N}",
            ReminderKind.Medical,
            client.Id,
            patient.Id,
            due.DueOn,
            clinic.App.Clock.GetUtcNow().AddHours(1),
            clinic.App.Clock.GetUtcNow().AddDays(1)
        )
        {
            MedicalReminderId = due.Id,
            ResendOf = Id<PlannedReminder>.New(clinic.App.Clock.GetUtcNow()),
        };
        await AddAsync(again);

        await clinic
            .App.Get<MedicalReminderBook>()
            .UpdateAsync(
                due.Id,
                new MedicalReminderDraft(null, "Rabies", today.AddDays(6)),
                Maya,
                Ct
            );

        await Eventually.IsTrueAsync(
            async () => (await clinic.MedicalAsync(patient)).All(r => !r.NeedsPlanning),
            "it is planned anew"
        );
        Assert.Equal(ReminderState.Planned, (await clinic.ReminderAsync(again.Id)).State);
    }

    private async Task<string> RefusalAsync(Id<PlannedReminder> id) =>
        Assert.IsType<ReminderResult.Refused>(await Desk.ResendAsync(id, Maya, Ct)).Reason;

    private async Task AddAsync(params PlannedReminder[] reminders)
    {
        await using var db = clinic.App.Db();
        db.PlannedReminders.AddRange(reminders);
        await db.SaveChangesAsync(Ct);
    }

    /// <summary>A reminder whose text left, or waits for a time that does not come in this test.</summary>
    private async Task<Id<PlannedReminder>> SentAsync(Client client, Patient patient, bool queued)
    {
        var due = await clinic.CheckUpAsync(patient, await clinic.TodayAsync());
        return await new Texts(clinic.App).SentAsync(
            Planned(client, patient, clinic.App.Clock.GetUtcNow(), due.Id),
            client,
            message =>
            {
                if (!queued)
                {
                    message.MarkSending(clinic.App.Clock.GetUtcNow());
                    message.MarkSent(Guid.NewGuid().ToString(), clinic.App.Clock.GetUtcNow());
                }
            }
        );
    }
}
