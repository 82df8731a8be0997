using System.Net;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Reminders;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.AddOns;

public sealed class OneWayOnSqliteTests(SqliteWalk walk)
    : OneWayTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class OneWayOnPostgresTests(PostgresWalk walk)
    : OneWayTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>A line that sends and that nobody reads, through the whole app.</summary>
public abstract class OneWayTests(Walk walk)
{
    private const string NotRead = "Texts to this number are not read";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_texts_it_is_told_once_that_nobody_reads_and_again_after_thirty_days()
    {
        var phone = await OneWayAsync();
        await phone.TextsAsync("Is Bella ready?");
        await phone.TextsAsync("Hello?");
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Contains(NotRead, Assert.Single(phone.Carried).Text, StringComparison.Ordinal);

        walk.App.Clock.Advance(TimeSpan.FromDays(29));
        await phone.TextsAsync("Still there?");
        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);

        walk.App.Clock.Advance(TimeSpan.FromDays(2));
        await phone.TextsAsync("And now?");
        await phone.UntilCarriedAsync(2);
        Assert.Contains(NotRead, phone.Carried[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_that_race_are_answered_once()
    {
        var phone = await OneWayAsync();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(n => phone.TextsAsync($"Text {n}")));

        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);
    }

    [Theory]
    [InlineData("STOP", "opted out")]
    [InlineData("HELP", "Reply STOP to opt out")]
    [InlineData("START", "get our texts again")]
    public async Task Keywords_are_answered_by_themselves_alone(string keyword, string says)
    {
        var phone = await OneWayAsync();

        await phone.TextsAsync(keyword);

        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Contains(says, Assert.Single(phone.Carried).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("This is an automated message. Do not reply.")]
    [InlineData("I'm driving and will see your message later")]
    public async Task Another_machine_is_left_alone(string text)
    {
        var phone = await OneWayAsync();

        await phone.TextsAsync(text);

        await phone.UntilQuietAsync();
        Assert.Empty(phone.Carried);
    }

    [Fact]
    public async Task Who_opted_out_is_told_nothing_more()
    {
        var phone = await OneWayAsync();
        await phone.TextsAsync("STOP");
        await phone.UntilCarriedAsync(1);

        await phone.TextsAsync("Is Bella ready?");

        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);
    }

    [Fact]
    public async Task What_may_be_an_opt_out_is_one_because_nobody_is_there_to_ask()
    {
        var phone = await OneWayAsync();

        await phone.TextsAsync("wrong number");

        Assert.NotNull((await phone.StandingAsync())!.OptedOutAt);
        Assert.False((await phone.RowAsync()).AwaitsOptOutDecision);
    }

    [Fact]
    public async Task No_light_flashes_for_what_nobody_can_read()
    {
        var phone = await OneWayAsync();

        await phone.TextsAsync("Is Bella ready?");

        Assert.All(phone.Told, told => Assert.False(told.Flash));
        Assert.Equal(1, (await phone.RowAsync()).Unread);
        await using var db = walk.App.Db();
        var elsewhere = await db
            .Conversations.Where(c => c.LineId != phone.Line.Id)
            .Where(c => db.Lines.Any(l => l.Id == c.LineId && l.AddOn == AddOn.TwoWay))
            .SumAsync(c => c.Unread, Cancellation);
        Assert.Equal(elsewhere, await phone.Queries.UnreadAsync(Cancellation));
    }

    [Fact]
    public async Task A_closed_clinic_promises_nothing_on_it()
    {
        var phone = await OneWayAsync();
        var today = DateOnly.FromDateTime(phone.Now.UtcDateTime);
        await walk
            .App.Get<HoursBook>()
            .AddClosuresAsync(
                [(today.AddDays(-2), today.AddDays(2), "Holidays")],
                Scene.Receptionist,
                Cancellation
            );
        await walk
            .App.Get<AfterHoursBook>()
            .SaveAsync(
                AfterHoursSettings.Default with
                {
                    AutoResponse = true,
                },
                Scene.Receptionist,
                Cancellation
            );

        await phone.TextsAsync("Is Bella ready?");

        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        await walk
            .App.Get<AfterHoursBook>()
            .SaveAsync(AfterHoursSettings.Default, Scene.Receptionist, Cancellation);
        Assert.Contains(NotRead, Assert.Single(phone.Carried).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_cannot_write_on_it_but_reminders_leave()
    {
        var phone = await OneWayAsync();
        await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var row = await phone.HearsAsync("HELP");
        using var api = await walk.App.ApiClientAsync("read", "write");

        var desk = await phone.Desk.SendAsync(
            row.Id,
            "She is ready",
            [],
            Scene.Receptionist,
            Cancellation
        );
        Assert.Equal("lineNotEnabled", Assert.IsType<EnqueueResult.Refused>(desk).Code);
        await api.FailAsync(
            HttpMethod.Post,
            $"conversations/{row.Id}/messages",
            new { text = "She is ready" },
            422,
            "lineNotEnabled"
        );
        await api.FailAsync(
            HttpMethod.Post,
            "conversations",
            new { lineId = phone.Line.Id.ToString(), number = Walk.NewNumber().Value },
            422,
            "lineNotEnabled"
        );
        var reminder = await phone.RemindsAsync("We expect Bella tomorrow.");
        await phone.UntilAsync(reminder, MessageState.Sent);
    }

    [Fact]
    public async Task What_staff_wrote_before_two_way_was_switched_off_is_not_sent_and_says_why()
    {
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Is Bella ready?");
        await phone.PausesAsync();
        var text = await phone.AnswersAsync("She is");

        await BecomeAsync(phone, AddOn.OneWay);
        await phone.ResumesAsync();

        var failed = await phone.UntilAsync(text, MessageState.Failed);
        Assert.Equal("lineNotEnabled", failed.ErrorCode);
        Assert.Empty(phone.Carried);
    }

    [Fact]
    public async Task On_a_line_that_is_off_texts_wait_and_leave_when_it_is_on_again()
    {
        var phone = await walk.SceneAsync();
        await phone.ClientAsync("Ana", "Ruiz", consents: true);
        await phone.PausesAsync();
        var reminder = await phone.RemindsAsync("We expect Bella tomorrow.");

        await BecomeAsync(phone, AddOn.Off);
        await phone.ResumesAsync();
        // An answer to HELP leaves even then, past what waits.
        await phone.TextsAsync("HELP");
        await phone.UntilCarriedAsync(1);
        Assert.Equal(MessageState.Queued, (await phone.MessageAsync(reminder)).State);
        await using (var db = walk.App.Db())
        {
            phone = new Scene(
                walk,
                await db.Lines.SingleAsync(l => l.Id == phone.Line.Id, Cancellation),
                phone.Number
            );
        }
        Assert.Equal(
            "lineNotEnabled",
            Assert.IsType<EnqueueResult.Refused>(await phone.EnqueueAsync("Another")).Code
        );

        await BecomeAsync(phone, AddOn.TwoWay);
        await phone.ResumesAsync();
        await phone.UntilAsync(reminder, MessageState.Sent);
    }

    private async Task<Scene> OneWayAsync()
    {
        var phone = await walk.SceneAsync();
        await BecomeAsync(phone, AddOn.OneWay);
        await using var db = walk.App.Db();
        return new Scene(
            walk,
            await db.Lines.SingleAsync(l => l.Id == phone.Line.Id, Cancellation),
            phone.Number
        );
    }

    /// <summary>Other tests' lines stay two-way: the book would refuse this one.</summary>
    private async Task BecomeAsync(Scene phone, AddOn addOn)
    {
        await using var db = walk.App.Db();
        await db
            .Lines.Where(l => l.Id == phone.Line.Id)
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.AddOn, addOn), Cancellation);
    }
}

/// <summary>Confirming replies on a one-way line, in a clinic of their own: the clock moves.</summary>
public sealed class OneWayConfirmationTests
{
    [Fact]
    public async Task A_reply_of_C_confirms_the_visit_and_needs_no_answer()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        await walk
            .App.Get<LineBook>()
            .SwitchAllAsync(AddOn.OneWay, Practice.Rosa, TestContext.Current.CancellationToken);
        var (ana, bella) = await practice.ClientAsync();
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var visit = await practice.BookAsync(ana, bella, friday);
        await practice.UntilAsync(ana, ReminderState.Planned);
        practice.AdvanceTo(friday.AddDays(-1));
        await practice.Phone.UntilCarriedAsync(1);
        await practice.Phone.UntilQuietAsync();

        Assert.Equal(HttpStatusCode.OK, await practice.Phone.TextsAsync("C"));

        await practice.Phone.UntilQuietAsync();
        await using var db = walk.App.Db();
        Assert.Equal(
            AppointmentStatus.Confirmed,
            (
                await db.Appointments.SingleAsync(
                    a => a.Id == visit.Id,
                    TestContext.Current.CancellationToken
                )
            ).Status
        );
        Assert.Single(practice.Phone.Carried);
    }
}
