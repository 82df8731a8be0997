using Clinic.Inbox.Reminders;
using Microsoft.EntityFrameworkCore;
using static Clinic.Inbox.Tests.Reminders.CareFixture;

namespace Clinic.Inbox.Tests.Reminders;

public sealed class InventoryBookTests(CareFixture clinic) : IClassFixture<CareFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_item_says_when_it_reminds_in_words()
    {
        var rabies = await clinic.ItemAsync("Rabies", Every(365, [3, 14, 0], 7));
        var trim = await clinic.ItemAsync("Nail trim");
        var worm = await clinic.ItemAsync("Worming", Every(1, [], 1));

        Assert.Equal(
            "Every 365 days; texts 14 and 3 days before, on the day, 7 days after",
            ActionWords.Of(rabies.Action)
        );
        Assert.Equal(
            "No reminder action: nothing is texted when this is due.",
            ActionWords.Of(trim.Action)
        );
        Assert.Equal("Every 1 day; texts 1 day after", ActionWords.Of(worm.Action));
    }

    [Fact]
    public async Task The_practice_systems_item_is_made_once_and_then_changed()
    {
        var made = Assert.IsType<InventoryResult.Saved>(
            await clinic.Inventory.UpsertExternalAsync(
                "pims-7",
                new InventoryDraft("DHPP", Action: Every(365, [14])),
                Maya,
                Ct
            )
        );
        var changed = Assert.IsType<InventoryResult.Saved>(
            await clinic.Inventory.UpsertExternalAsync(
                "pims-7",
                new InventoryDraft("DHPP booster"),
                Maya,
                Ct
            )
        );

        Assert.Equal((true, false), (made.Created, changed.Created));
        Assert.Equal(made.Item.Id, changed.Item.Id);
        Assert.Equal("DHPP booster", changed.Item.Name);
        Assert.Equal(365, changed.Item.Action?.IntervalDays);
        await using var db = clinic.App.Db();
        var notes = await db
            .Audit.Where(a => a.Subject == made.Item.Id.ToString())
            .OrderBy(a => a.Id)
            .Select(a => a.Action)
            .ToListAsync(Ct);
        Assert.Equal(["inventoryItem.added", "inventoryItem.changed"], notes);
    }

    [Theory]
    [InlineData("", 365, 14, 7, "name")]
    [InlineData("X", 0, 14, 7, "action.intervalDays")]
    [InlineData("X", 3_661, 14, 7, "action.intervalDays")]
    [InlineData("X", 365, -1, 7, "action.leadDays")]
    [InlineData("X", 365, 366, 7, "action.leadDays")]
    [InlineData("X", 365, 14, 0, "action.followUpDays")]
    public async Task What_is_out_of_range_is_named_and_nothing_is_written(
        string name,
        int interval,
        int lead,
        int followUp,
        string field
    )
    {
        var result = await clinic.Inventory.AddAsync(
            new InventoryDraft(name, Action: Every(interval, [lead], followUp)),
            Maya,
            Ct
        );

        Assert.Equal(field, Assert.IsType<InventoryResult.Invalid>(result).Problem.Field);
    }

    [Fact]
    public async Task An_action_without_a_day_or_with_seven_is_refused()
    {
        foreach (
            int[] lead in (int[][])
                [
                    [],
                    [1, 2, 3, 4, 5, 6, 7],
                ]
        )
        {
            var result = await clinic.Inventory.AddAsync(
                new InventoryDraft("X", Action: Every(365, lead)),
                Maya,
                Ct
            );
            Assert.Equal(
                "action.leadDays",
                Assert.IsType<InventoryResult.Invalid>(result).Problem.Field
            );
        }
    }

    [Fact]
    public async Task A_changed_action_plans_what_is_due_anew_and_a_taken_one_takes_the_texts()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var due = (await clinic.TodayAsync()).AddDays(30);
        var item = await clinic.ItemAsync("Rabies vaccine", Every(365, [14, 3]));
        await clinic.DueAsync(patient, item, due);
        Assert.Equal([due.AddDays(-14), due.AddDays(-3)], await clinic.PlannedAsync(client, 2));

        await UpdateAsync(item, new InventoryDraft(Action: Every(365, [7], 5)));
        Assert.Equal([due.AddDays(-7), due.AddDays(5)], await clinic.PlannedAsync(client, 2));

        await UpdateAsync(item, new InventoryDraft(Action: new ActionChange(To: null)));
        await clinic.PlannedAsync(client, 0);

        await UpdateAsync(item, new InventoryDraft(Action: Every(365, [7])));
        Assert.Equal([due.AddDays(-7)], await clinic.PlannedAsync(client, 1));

        await UpdateAsync(item, new InventoryDraft(Active: false));
        await clinic.PlannedAsync(client, 0);
    }

    [Fact]
    public async Task A_new_name_is_what_clients_will_read()
    {
        var (_, patient) = await clinic.OwnerAsync();
        var item = await clinic.ItemAsync("Rabbies vaccine", Every(365, [14]));
        await clinic.DueAsync(patient, item, (await clinic.TodayAsync()).AddDays(30));

        await UpdateAsync(item, new InventoryDraft("Rabies vaccine"));

        Assert.Equal("Rabies vaccine", Assert.Single(await clinic.MedicalAsync(patient)).Name);
    }

    [Fact]
    public async Task The_list_counts_what_is_due_now_and_later()
    {
        var (_, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var item = await clinic.ItemAsync("Counted");
        foreach (var days in (int[])[-3, 0, 1])
        {
            await clinic.DueAsync(patient, item, today.AddDays(days));
        }
        await clinic.GiveAsync(
            (await clinic.OwnerAsync()).Patient,
            await clinic.ItemAsync("Other", Every(10, [1])),
            today
        );

        var rows = await clinic.App.Get<CareQueries>().ItemsAsync(Ct);

        var row = Assert.Single(rows, r => r.Item.Id == item.Id);
        Assert.Equal((2, 1), (row.Due, row.Coming));
    }

    private async Task UpdateAsync(InventoryItem item, InventoryDraft draft) =>
        Assert.IsType<InventoryResult.Saved>(
            await clinic.Inventory.UpdateAsync(item.Id, draft, Maya, Ct)
        );
}
