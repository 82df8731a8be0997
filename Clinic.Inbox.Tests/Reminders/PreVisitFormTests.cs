using System.Collections.Concurrent;
using System.Net;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Schedule;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Reminders;

public sealed class PreVisitFormTests : IAsyncLifetime
{
    private InboxApp _app = null!;
    private Arranged _clinic = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await InboxApp.StartAsync();
        _clinic = await Arranged.InAsync(_app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_client_fills_it_in_without_signing_in_and_staff_see_it()
    {
        var (visit, token) = await SendAsync();
        var told = new ConcurrentQueue<InboxEvent>();
        using var listening = _app.Get<Feed>().Subscribe(told.Enqueue);
        using var client = _app.Visitor(followRedirects: true);

        var page = await client.GetStringAsync($"v/{token}", Ct);
        Assert.Contains("Test Vets", page, StringComparison.Ordinal);
        Assert.Contains("Biscuit", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Ruiz", page, StringComparison.Ordinal);
        var opened = (await AnswersAsync(visit))!;
        Assert.NotNull(opened.OpenedAt);
        Assert.Null(opened.AnsweredAt);

        using var thanks = await client.SendFormAsync(
            $"v/{token}",
            "pre-visit",
            ("Input.Concern", "Limps since Sunday\r\nleft paw"),
            ("Input.Medication", "<b>Kibble</b>")
        );

        Assert.Contains(
            "Thank you",
            await thanks.Content.ReadAsStringAsync(Ct),
            StringComparison.Ordinal
        );
        var answers = (await AnswersAsync(visit))!;
        Assert.Equal("Limps since Sunday\nleft paw", answers.Concern);
        Assert.Equal(opened.OpenedAt, answers.OpenedAt);
        Assert.NotNull(answers.AnsweredAt);
        Assert.Contains(told.OfType<InboxEvent.ScheduleChanged>(), c => c.From == visit.StartsAt);
        Assert.Contains(
            told.OfType<InboxEvent.ClientChanged>(),
            c => c.ClientId == _clinic.Client.Id
        );
        // It can be changed, and what was written is never markup.
        var again = await client.GetStringAsync($"v/{token}", Ct);
        Assert.Contains("&lt;b&gt;Kibble&lt;/b&gt;", again, StringComparison.Ordinal);
        using var changed = await client.SendFormAsync(
            $"v/{token}",
            "pre-visit",
            ("Input.Concern", "Better now"),
            ("Input.Medication", "")
        );
        Assert.Equal("Better now", (await AnswersAsync(visit))!.Concern);
    }

    [Fact]
    public async Task What_is_unknown_over_or_cancelled_looks_the_same_and_tells_nothing()
    {
        var (_, over) = await SendAsync(TimeSpan.FromHours(2));
        var (visit, cancelled) = await SendAsync(TimeSpan.FromDays(9));
        await _app.Get<AppointmentBook>().CancelAsync(visit.Id, Arranged.Maya, Ct);
        using var client = _app.Visitor();
        using var form = await client.GetAsync($"v/{over}", Ct);
        Assert.Equal(HttpStatusCode.OK, form.StatusCode);
        _app.Clock.Advance(TimeSpan.FromHours(3));

        var pages = new List<string>();
        foreach (var token in (string[])[over, cancelled, new string('0', 32), "nonsense"])
        {
            using var answer = await client.GetAsync($"v/{token}", Ct);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            pages.Add(await answer.Content.ReadAsStringAsync(Ct));
        }

        Assert.All(
            pages,
            page =>
            {
                Assert.Contains("This form has closed", page, StringComparison.Ordinal);
                Assert.DoesNotContain("Biscuit", page, StringComparison.Ordinal);
                Assert.DoesNotContain("Test Vets", page, StringComparison.Ordinal);
                Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task A_form_that_was_open_when_the_visit_began_is_not_kept()
    {
        var (visit, token) = await SendAsync(TimeSpan.FromHours(2));

        _app.Clock.Advance(TimeSpan.FromHours(3));
        var outcome = await _app.Get<PreVisitForms>().AnswerAsync(token, "Too late", "", Ct);

        Assert.Equal(PreVisitOutcome.Closed, outcome);
        Assert.Equal("", (await AnswersAsync(visit))!.Concern);
    }

    [Theory]
    [InlineData(2_000, "Thank you")]
    [InlineData(2_001, "at most 2,000 characters")]
    [InlineData(0, "at least one")]
    public async Task Answers_are_bounded_and_what_was_typed_stays(int length, string says)
    {
        var (visit, token) = await SendAsync();
        using var client = _app.Visitor(followRedirects: true);
        var text = new string('x', length);

        using var answer = await client.SendFormAsync(
            $"v/{token}",
            "pre-visit",
            ("Input.Concern", text),
            ("Input.Medication", "")
        );

        var page = await answer.Content.ReadAsStringAsync(Ct);
        Assert.Contains(says, page, StringComparison.Ordinal);
        var kept = says == "Thank you";
        Assert.Equal(kept ? length : 0, (await AnswersAsync(visit))!.Concern.Length);
        Assert.Equal(!kept && length > 0, page.Contains("xxxx", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_end_counts_once_as_the_browser_counts_it()
    {
        var (visit, token) = await SendAsync();
        var lines = string.Join("\r\n", Enumerable.Repeat("x", 1_000));

        var outcome = await _app.Get<PreVisitForms>().AnswerAsync(token, lines, "", Ct);

        Assert.Equal(PreVisitOutcome.Kept, outcome);
        Assert.Equal(1_999, (await AnswersAsync(visit))!.Concern.Length);
    }

    [Fact]
    public async Task A_flood_of_bytes_is_refused()
    {
        var (visit, token) = await SendAsync();
        using var client = _app.Visitor();

        try
        {
            using var answer = await client.SendFormAsync(
                $"v/{token}",
                "pre-visit",
                ("Input.Concern", new string('x', 200_000))
            );
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        catch (HttpRequestException hungUp)
        {
            // The app answered and hung up while the flood still came.
            Assert.IsType<IOException>(hungUp.InnerException);
        }

        Assert.Null((await AnswersAsync(visit))!.AnsweredAt);
    }

    [Fact]
    public async Task Nothing_of_it_is_kept_by_caches_search_engines_or_the_next_site()
    {
        var (_, token) = await SendAsync();
        using var client = _app.Visitor();
        foreach (var path in (string[])[$"v/{token}", "v/nonsense"])
        {
            using var answer = await client.GetAsync(path, Ct);

            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.Contains("noindex", answer.Headers.GetValues("X-Robots-Tag").Single());
        }
    }

    [Fact]
    public async Task A_form_without_its_seal_is_refused()
    {
        var (visit, token) = await SendAsync();
        using var client = _app.Visitor();
        using var content = new FormUrlEncodedContent(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["_handler"] = "pre-visit",
                ["Input.Concern"] = "Forged",
            }
        );

        using var answer = await client.PostAsync($"v/{token}", content, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null((await AnswersAsync(visit))!.AnsweredAt);
    }

    [Fact]
    public async Task Whoever_asks_too_often_waits()
    {
        using var client = _app.Visitor();
        var last = HttpStatusCode.OK;
        for (var i = 0; i < 200 && last != HttpStatusCode.TooManyRequests; i++)
        {
            using var answer = await client.GetAsync("v/nonsense", Ct);
            last = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task The_text_with_the_link_says_in_the_thread_that_it_was_answered()
    {
        var (visit, token) = await SendAsync();
        var text = await TextOfAsync(visit);

        await _app.Get<PreVisitForms>().AnswerAsync(token, "Limps", "", Ct);

        await using var db = _app.Db();
        var message = await db.Messages.SingleAsync(m => m.Id == text, Ct);
        Assert.Contains("filled in", message.Note, StringComparison.Ordinal);
        var about = await _app.Get<SentReminders>().AboutAsync([text], Ct);
        Assert.Equal("Appointment Pre-visit", about[text].Kind);
        Assert.Equal(visit.StartsAt, about[text].StartsAt);
        Assert.StartsWith("/schedule/day/20", about[text].VisitHref, StringComparison.Ordinal);
    }

    private Task<PreVisitAnswers?> AnswersAsync(Appointment visit) =>
        _app.Get<PreVisitForms>().AnswersAsync(visit.Id, Ct);

    /// <summary>A visit, and the token of its form.</summary>
    private async Task<(Appointment Visit, string Token)> SendAsync(TimeSpan? before = null)
    {
        var start = _app.Clock.GetUtcNow() + (before ?? TimeSpan.FromDays(3));
        start = new DateTimeOffset(start.Ticks - (start.Ticks % TimeSpan.TicksPerMinute), default);
        var booked = Assert.IsType<BookResult.Done>(
            await _app.Get<AppointmentBook>().BookAsync(_clinic.Draft(start), Arranged.Maya, Ct)
        );
        await using var db = _app.Db();
        var now = _app.Clock.GetUtcNow();
        var form = new PreVisitForm(Id<PreVisitForm>.New(now), booked.Appointment.Id, now);
        db.PreVisitForms.Add(form);
        await db.SaveChangesAsync(Ct);
        return (booked.Appointment, form.Token);
    }

    /// <summary>The reminder that carried the link.</summary>
    private async Task<Id<Message>> TextOfAsync(Appointment visit)
    {
        await using var db = _app.Db();
        var now = _app.Clock.GetUtcNow();
        var line = await db.Lines.SingleAsync(Ct);
        var message = new Message(
            Id<Message>.New(now),
            line.Id,
            _clinic.Client.Mobile!.Value,
            MessageKind.Reminder,
            Purpose.Transactional,
            "Please fill in this form",
            now
        );
        message.MarkFailed("test", "Not to be sent.");
        var planned = new PlannedReminder(
            Id<PlannedReminder>.New(now),
            $"test/{visit.Id}",
            ReminderKind.PreVisit,
            _clinic.Client.Id,
            _clinic.Patient.Id,
            DateOnly.FromDateTime(visit.StartsAt.DateTime),
            now,
            now
        )
        {
            AppointmentId = visit.Id,
        };
        planned.LeaveWith(message.Id, now);
        db.AddRange(message, planned);
        await db.SaveChangesAsync(Ct);
        return message.Id;
    }
}
