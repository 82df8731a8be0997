using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using static Clinic.Inbox.Tests.Reminders.CareFixture;

namespace Clinic.Inbox.Tests.Reminders;

/// <summary>An app of their own each: they count everything.</summary>
public sealed class ReminderQueriesTests : IAsyncLifetime
{
    private readonly CareFixture _clinic = new();
    private Client _client = null!;
    private Patient _patient = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _clinic.App.Clock.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        await _clinic.InitializeAsync();
        (_client, _patient) = await _clinic.OwnerAsync();
    }

    public ValueTask DisposeAsync() => _clinic.DisposeAsync();

    [Fact]
    public async Task What_failed_was_missed_or_held_asks_for_attention_with_its_reason_until_it_is_sent_again()
    {
        var failed = await TextAsync(-60, m => m.MarkFailed("1180", "The number is no mobile."));
        var late = await TextAsync(-50, m => m.MarkFailed("tooLate", "Not sent: too late."));
        var unsure = await TextAsync(
            -40,
            m =>
            {
                m.MarkSending(Now);
                m.MarkUnconfirmed("Nobody knows.");
            }
        );
        await TextAsync(-30, Sent);
        var missed = await PutAsync(-20, r => r.Miss("It could not leave in time.", Now));
        var skipped = await PutAsync(-10, r => r.Skip("The client has no mobile number.", Now));
        await PutAsync(-15, r => r.Cancel("It was changed.", Now));
        await PutAsync(-15 * 24 * 60, r => r.Miss("Long ago.", Now));

        var rows = (await PageAsync(ReminderTab.Attention)).Rows;

        Assert.Equal(
            [
                (skipped, ReminderStanding.Skipped, "The client has no mobile number."),
                (missed, ReminderStanding.Missed, "It could not leave in time."),
                (unsure, ReminderStanding.Unconfirmed, "Nobody knows."),
                (late, ReminderStanding.Missed, "Not sent: too late."),
                (failed, ReminderStanding.Failed, "The number is no mobile."),
            ],
            rows.Select(r => (r.Id, r.Standing, r.Reason))
        );
        Assert.Equal(5, (await CountsAsync()).Attention);

        await AgainAsync(failed);

        Assert.DoesNotContain((await PageAsync(ReminderTab.Attention)).Rows, r => r.Id == failed);
        Assert.Equal(4, (await CountsAsync()).Attention);
    }

    [Fact]
    public async Task Today_and_the_week_show_what_is_due_and_count_it()
    {
        var sent = await TextAsync(-30, Sent);
        var today = await PutAsync(60, _ => { });
        var week = await PutAsync(6 * 24 * 60, _ => { });
        await PutAsync(8 * 24 * 60, _ => { });
        await PutAsync(61, r => r.Cancel("It was changed.", Now));

        Assert.Equal([sent, today], (await PageAsync(ReminderTab.Today)).Rows.Select(r => r.Id));
        Assert.Equal(
            [sent, today, week],
            (await PageAsync(ReminderTab.Week)).Rows.Select(r => r.Id)
        );
        Assert.Equal(new ReminderCounts(1, 1, 2, 0), await CountsAsync());
        var row = (await PageAsync(ReminderTab.Today)).Rows[1];
        Assert.Equal(("Ana Ruiz", "Bella"), (row.Client, row.Patient));
    }

    [Theory]
    [InlineData(ReminderTab.Today)]
    [InlineData(ReminderTab.Attention)]
    public async Task Pages_follow_each_other_without_a_gap_though_all_are_due_at_once(
        ReminderTab tab
    )
    {
        var all = new HashSet<Id<PlannedReminder>>();
        var at = Now.AddMinutes(tab == ReminderTab.Today ? 60 : -60);
        for (var i = 0; i < 11; i++)
        {
            all.Add(
                await PutAsync(
                    Planned(_client, _patient, at),
                    r =>
                    {
                        if (tab == ReminderTab.Attention)
                        {
                            r.Miss("It could not leave in time.", Now);
                        }
                    }
                )
            );
        }

        var seen = new List<Id<PlannedReminder>>();
        ReminderCursor? next = null;
        do
        {
            var page = await _clinic.Queries.PageAsync(tab, next, 4, Ct);
            seen.AddRange(page.Rows.Select(r => r.Id));
            next = page.Next;
        } while (next is not null);

        Assert.Equal(11, seen.Count);
        Assert.Equal(all, seen.ToHashSet());
        var ofClient = await _clinic.Queries.OfClientAsync(_client.Id, null, 100, Ct);
        Assert.Equal(all, ofClient.Rows.Select(r => r.Id).ToHashSet());
    }

    /// <summary>The plans, because a hundred thousand rows make a timed test slow and an untimed one blind.</summary>
    [Fact]
    public async Task Lists_and_counts_are_read_along_their_indexes()
    {
        await using var db = _clinic.App.Db();

        Assert.Contains(
            "IX_PlannedReminders_Attention",
            await PlanAsync(
                db,
                _clinic
                    .Queries.Waiting(db)
                    .OrderByDescending(p => p.DueAt)
                    .ThenByDescending(p => p.Id)
            ),
            StringComparison.Ordinal
        );
        var troubled = await PlanAsync(db, _clinic.Queries.Troubled(db));
        Assert.Contains("IX_Messages_Troubled", troubled, StringComparison.Ordinal);
        Assert.Contains("IX_PlannedReminders_ResendOf", troubled, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN", troubled, StringComparison.Ordinal);
        var today = await PlanAsync(
            db,
            ReminderQueries.Between(db, Now, Now.AddDays(1)).OrderBy(p => p.DueAt).ThenBy(p => p.Id)
        );
        Assert.Contains("IX_PlannedReminders_When", today, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", today, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_weeks_count_what_left_arrived_and_was_confirmed()
    {
        await TextAsync(-30, Sent);
        await TextAsync(
            -20,
            m =>
            {
                Sent(m);
                m.Advance(MessageState.Delivered, Now, code: null, error: null);
            }
        );
        await TextAsync(-10, m => m.MarkFailed("1180", "No."));

        var weeks = await _clinic.App.Get<ReminderFigures>().WeeksAsync(Ct);

        Assert.Equal(ReminderFigures.Weeks, weeks.Count);
        Assert.Equal(2, weeks.Sum(w => w.Sent));
        Assert.Equal(1, weeks.Sum(w => w.Delivered));
        Assert.Equal((2, 1), (weeks[^1].Sent, weeks[^1].Delivered));
    }

    private void Sent(Message message)
    {
        message.MarkSending(Now);
        message.MarkSent(Guid.NewGuid().ToString(), Now);
    }

    private Task<Id<PlannedReminder>> TextAsync(int minutes, Action<Message> become) =>
        new Texts(_clinic.App).SentAsync(
            Planned(_client, _patient, Now.AddMinutes(minutes)),
            _client,
            become
        );

    private Task<Id<PlannedReminder>> PutAsync(int minutes, Action<PlannedReminder> become) =>
        PutAsync(Planned(_client, _patient, Now.AddMinutes(minutes)), become);

    private async Task<Id<PlannedReminder>> PutAsync(
        PlannedReminder reminder,
        Action<PlannedReminder> become
    )
    {
        become(reminder);
        await using var db = _clinic.App.Db();
        db.PlannedReminders.Add(reminder);
        await db.SaveChangesAsync(Ct);
        return reminder.Id;
    }

    private async Task AgainAsync(Id<PlannedReminder> id) =>
        Assert.IsType<ReminderResult.Done>(
            await _clinic.App.Get<ReminderDesk>().ResendAsync(id, Maya, Ct)
        );

    private Task<ReminderPage> PageAsync(ReminderTab tab) =>
        _clinic.Queries.PageAsync(tab, after: null, 50, Ct);

    private Task<ReminderCounts> CountsAsync() => _clinic.Queries.CountsAsync(Ct);

    private static async Task<string> PlanAsync<T>(InboxDb db, IQueryable<T> query)
    {
        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(Ct);
        await using var command = query.CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        command.Connection = connection;
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var steps = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            steps.Add(reader.GetString(3));
        }
        return string.Join('\n', steps);
    }
}
