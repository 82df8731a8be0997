using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.AfterHours;

public sealed class AutoResponseOnSqliteTests(SqliteWalk walk)
    : AutoResponseTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class AutoResponseOnPostgresTests(PostgresWalk walk)
    : AutoResponseTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>
/// Clients who text a closed clinic, through the whole app. The clock only runs forward, so each test goes to the next
/// such weekday and hour. The clinic is open Monday to Friday 8 to 12 and 13 to 18.
/// </summary>
public abstract class AutoResponseTests(Walk walk)
{
    private static readonly OpenSpan Morning = new(new LocalTime(8, 0), new LocalTime(12, 0));
    private static readonly OpenSpan Afternoon = new(new LocalTime(13, 0), new LocalTime(18, 0));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_texts_of_an_evening_are_answered_once_and_the_next_evening_once_more()
    {
        var phone = await ClosedClinicAsync();
        await AtAsync(IsoDayOfWeek.Tuesday, 19);
        for (var i = 0; i < 5; i++)
        {
            await phone.TextsAsync($"Are you there? {i}");
        }
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        var answer = Assert.Single(phone.Carried).Text;
        Assert.Contains("open again tomorrow at 8:00 AM", answer, StringComparison.Ordinal);

        await AtAsync(IsoDayOfWeek.Wednesday, 9);
        await phone.TextsAsync("Good morning");
        Assert.Equal(1, await AnswersAsync(phone));

        await AtAsync(IsoDayOfWeek.Wednesday, 23);
        await phone.TextsAsync("Me again");
        await AtAsync(IsoDayOfWeek.Thursday, 5);
        await phone.TextsAsync("Still me");
        Assert.Equal(2, await AnswersAsync(phone));
    }

    [Fact]
    public async Task A_break_at_noon_is_closed_and_the_answer_names_the_afternoon()
    {
        var phone = await ClosedClinicAsync();
        await AtAsync(IsoDayOfWeek.Tuesday, 12, 30);

        await phone.TextsAsync("Is Bella ready?");

        await phone.UntilCarriedAsync(1);
        Assert.Contains("today at 1:00 PM", phone.Carried[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_holiday_the_answer_names_the_day_after()
    {
        var phone = await ClosedClinicAsync();
        await AtAsync(IsoDayOfWeek.Monday, 20);
        var today = Instant.FromDateTimeOffset(phone.Now).InZone(Zone).Date;
        var holiday = today.PlusDays(1).ToDateOnly();
        await walk
            .App.Get<HoursBook>()
            .AddClosuresAsync(
                [(holiday, holiday, "Founders' day")],
                Scene.Receptionist,
                Cancellation
            );
        await AtAsync(IsoDayOfWeek.Tuesday, 10);

        await phone.TextsAsync("Is Bella ready?");

        await phone.UntilCarriedAsync(1);
        Assert.Contains("tomorrow at 8:00 AM", phone.Carried[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STOP")]
    [InlineData("START")]
    [InlineData("HELP")]
    [InlineData("This is an automated message. Do not reply.")]
    [InlineData("Thank you for contacting Acme Plumbing!")]
    public async Task Keywords_and_other_machines_get_no_auto_response(string text)
    {
        var phone = await ClosedClinicAsync();
        await AtAsync(IsoDayOfWeek.Tuesday, 19);

        await phone.TextsAsync(text);

        Assert.Equal(0, await AnswersAsync(phone));
    }

    [Theory]
    [InlineData("What are your business hours?")]
    [InlineData("I called twice and got no reply")]
    public async Task A_person_who_sounds_a_little_like_a_machine_is_answered(string text)
    {
        var phone = await ClosedClinicAsync();
        await AtAsync(IsoDayOfWeek.Tuesday, 19);

        await phone.TextsAsync(text);

        Assert.Equal(1, await AnswersAsync(phone));
    }

    [Fact]
    public async Task A_number_that_opted_out_gets_no_auto_response()
    {
        var phone = await ClosedClinicAsync();
        await AtAsync(IsoDayOfWeek.Tuesday, 10);
        await phone.TextsAsync("STOP");
        await AtAsync(IsoDayOfWeek.Tuesday, 19);

        await phone.TextsAsync("Is Bella ready?");

        Assert.Equal(0, await AnswersAsync(phone));
    }

    [Fact]
    public async Task Deactivated_it_answers_nobody()
    {
        var phone = await ClosedClinicAsync();
        await AtAsync(IsoDayOfWeek.Tuesday, 19);
        await walk
            .App.Get<AfterHoursBook>()
            .SaveAsync(AfterHoursSettings.Default, Scene.Receptionist, Cancellation);

        await phone.TextsAsync("Is Bella ready?");

        Assert.Equal(0, await AnswersAsync(phone));
    }

    [Fact]
    public async Task A_machine_that_answers_every_text_does_not_loop()
    {
        var phone = await ClosedClinicAsync();
        await AtAsync(IsoDayOfWeek.Saturday, 10);
        // Nothing in its words gives it away; it speaks first, and again whenever it hears something.
        const string Words = "Your request was noted.";
        var heard = 0;
        await phone.TextsAsync(Words);
        for (var round = 0; round < 6; round++)
        {
            await phone.UntilQuietAsync();
            var now = phone.Carried.Count;
            for (; heard < now; heard++)
            {
                await phone.TextsAsync(Words);
            }
            // Staff close the conversation each time, so that every text starts another.
            await phone.Desk.CloseAsync(
                (await phone.RowAsync()).Id,
                Scene.Receptionist,
                Cancellation
            );
            await phone.TextsAsync(Words);
        }

        Assert.InRange(await AnswersAsync(phone), 1, 3);
    }

    [Fact]
    public async Task What_repeats_itself_is_taken_for_a_machine()
    {
        var phone = await ClosedClinicAsync();
        await AtAsync(IsoDayOfWeek.Tuesday, 10);
        await phone.TextsAsync("Your request was noted.");
        await phone.TextsAsync("Your request was noted.");
        await AtAsync(IsoDayOfWeek.Tuesday, 19);

        await phone.TextsAsync("Your request was noted.");
        Assert.Equal(0, await AnswersAsync(phone));

        await phone.TextsAsync("Sorry, that was my phone. Is Bella ready?");
        Assert.Equal(1, await AnswersAsync(phone));
    }

    [Fact]
    public async Task One_of_our_own_lines_is_never_answered()
    {
        var phone = await ClosedClinicAsync();
        var other = await phone.OnAnotherLineAsync();
        await AtAsync(IsoDayOfWeek.Tuesday, 19);

        using var answer = await walk.App.ReceiveAsync(
            other.Line.Number.Digits,
            "Is Bella ready?",
            to: phone.Line.Number.Digits
        );
        await phone.TextsAsync("Is Bella ready?");

        answer.EnsureSuccessStatusCode();
        Assert.Equal(1, await AnswersAsync(phone));
        await using var db = walk.App.Db();
        var stored = await db
            .Messages.Where(m => m.Number == other.Line.Number)
            .ToListAsync(Cancellation);
        Assert.Equal(MessageDirection.Inbound, Assert.Single(stored).Direction);
    }

    private static DateTimeZone Zone => DateTimeZoneProviders.Tzdb["America/Chicago"];

    /// <summary>A phone, and a clinic with those hours and an active auto-response.</summary>
    private async Task<Scene> ClosedClinicAsync()
    {
        var phone = await walk.SceneAsync();
        await using (var db = walk.App.Db())
        {
            var clinic = await db.ClinicProfiles.SingleAsync(Cancellation);
            clinic.Describe("Maple Grove", Zone.Id, "US", "");
            await db.SaveChangesAsync(Cancellation);
        }
        await walk
            .App.Get<HoursBook>()
            .ReplaceAsync(
                new WeeklyHours(
                    Enumerable
                        .Range(1, 5)
                        .ToDictionary(
                            day => (IsoDayOfWeek)day,
                            IReadOnlyList<OpenSpan> (_) => [Morning, Afternoon]
                        )
                ),
                closures: [],
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
        return phone;
    }

    /// <summary>Moves the clock to the next such weekday and time at the clinic.</summary>
    private Task AtAsync(IsoDayOfWeek weekday, int hour, int minute = 0)
    {
        var now = Instant.FromDateTimeOffset(walk.App.Clock.GetUtcNow());
        var day = now.InZone(Zone).Date;
        Instant then;
        do
        {
            then = day.At(new LocalTime(hour, minute)).InZoneLeniently(Zone).ToInstant();
            day = day.PlusDays(1);
        } while (then <= now || day.PlusDays(-1).DayOfWeek != weekday);
        walk.App.Clock.Advance((then - now).ToTimeSpan());
        return Task.CompletedTask;
    }

    private async Task<int> AnswersAsync(Scene phone)
    {
        await using var db = walk.App.Db();
        return await db.Messages.CountAsync(
            m => m.Number == phone.Number && m.Kind == MessageKind.AutoResponse,
            Cancellation
        );
    }
}
