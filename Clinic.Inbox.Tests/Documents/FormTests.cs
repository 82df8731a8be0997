using System.Net;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Documents;

/// <summary>Forms: what they may ask, what may be answered, and what is kept of it.</summary>
public sealed class FormTests(SqliteWalk walk) : IClassFixture<SqliteWalk>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(QuestionKind.Text, true, "", "Write an answer.")]
    [InlineData(QuestionKind.Text, false, "", null)]
    [InlineData(QuestionKind.Text, true, "  \r\n ", "Write an answer.")]
    [InlineData(
        QuestionKind.Date,
        true,
        "2026-02-30",
        "Enter a date as year-month-day, for example 2026-11-30."
    )]
    [InlineData(QuestionKind.Date, true, "2024-02-29", null)]
    [InlineData(
        QuestionKind.Date,
        true,
        "02/29/2024",
        "Enter a date as year-month-day, for example 2026-11-30."
    )]
    [InlineData(QuestionKind.YesNo, true, "Maybe", "Choose yes or no.")]
    [InlineData(QuestionKind.YesNo, true, "No", null)]
    [InlineData(QuestionKind.Choice, true, "Horse", "Choose from the list.")]
    [InlineData(QuestionKind.Choice, true, "Cat", null)]
    [InlineData(QuestionKind.Choice, true, "Cat|Dog", "Give one answer.")]
    [InlineData(QuestionKind.Choices, true, "Cat|Dog", null)]
    [InlineData(QuestionKind.Choices, true, "Cat|Horse", "Choose from the list.")]
    [InlineData(QuestionKind.Choices, true, "", "Choose at least one.")]
    [InlineData(QuestionKind.Signature, true, ".", "Type your full name.")]
    [InlineData(QuestionKind.Signature, true, "Ana Ruiz", null)]
    public void Each_kind_takes_its_own_answers_alone(
        QuestionKind kind,
        bool required,
        string given,
        string? problem
    )
    {
        var question = new FormQuestion("q1", kind, "Asked", "", required, ["Dog", "Cat"]);

        var (answers, problems) = FormCheck.Read([question], _ => given.Split('|'));

        Assert.Equal(problem, problems.GetValueOrDefault("q1"));
        Assert.Equal("Asked", answers.Single().Question);
    }

    [Theory]
    [InlineData(QuestionKind.Text, 300)]
    [InlineData(QuestionKind.LongText, 4_000)]
    [InlineData(QuestionKind.Signature, 100)]
    public void Answers_are_bounded_and_a_line_end_counts_once(QuestionKind kind, int most)
    {
        var question = new FormQuestion("q1", kind, "Asked", "", Required: true, []);
        var fits = "ab\r\n" + new string('x', most - 3);

        Assert.Empty(FormCheck.Read([question], _ => [fits]).Problems);
        Assert.Single(FormCheck.Read([question], _ => [fits + "x"]).Problems);
    }

    [Fact]
    public async Task A_form_says_where_it_is_wrong()
    {
        await walk.StartAsync();
        var draft = new FormDraft(
            " ",
            "",
            [
                Papers.Question(QuestionKind.Text, " "),
                Papers.Question(QuestionKind.Choice, "Species", "Dog", "Dog", " "),
            ]
        );

        var invalid = Assert.IsType<FormResult.Invalid>(
            await walk
                .App.Get<FormBook>()
                .SaveAsync(id: null, draft, Scene.Receptionist, Cancellation)
        );

        Assert.Equal(
            ["title", "questions[0].label", "questions[1].choices"],
            invalid.Problems.Select(p => p.Field)
        );
    }

    [Fact]
    public async Task A_changed_form_leaves_what_was_sent_and_answered_as_it_was()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var book = phone.App.Get<FormBook>();
        var first = new FormDraft(
            "History",
            "",
            [Papers.Question(QuestionKind.Text, "What it eats")]
        );
        var form = await phone.App.FormAsync(first);
        var (document, token) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.Form(form.Id))
        );

        await book.SaveAsync(
            form.Id,
            first with
            {
                Questions = [Papers.Question(QuestionKind.Text, "What it drinks")],
            },
            Scene.Receptionist,
            Cancellation
        );

        using var browser = phone.App.Visitor(followRedirects: true);
        using var opened = await browser.OpensAsync(token);
        Assert.Contains(
            "What it eats",
            await opened.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal
        );
        using var sent = await browser.SendFormAsync(
            $"d/{token}",
            "answers",
            ("answer.q1", "Kibble")
        );
        await book.RemoveAsync(form.Id, Scene.Receptionist, Cancellation);
        Assert.DoesNotContain(
            await book.ListAsync(Cancellation),
            listed => listed.Form.Id == form.Id
        );
        var answers = (
            await phone.App.Get<DocumentQueries>().FindAsync(client.Id, document.Id, Cancellation)
        )!.Answers!;
        Assert.Equal(
            ("What it eats", "Kibble"),
            (answers.Answers[0].Question, answers.Answers[0].Values[0])
        );
    }

    [Fact]
    public async Task Wrong_answers_are_named_at_their_field_and_nothing_typed_is_lost()
    {
        var (app, document, browser, token) = await OpenedAsync();
        using var _ = browser;

        using var answer = await browser.SendFormAsync(
            $"d/{token}",
            "answers",
            [
                .. Papers.Answers.Where(a => a.Name is not "answer.q1" and not "answer.q7"),
                ("answer.q7", "?"),
            ]
        );

        var page = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("2 answers need your attention", page, StringComparison.Ordinal);
        Assert.Contains("id=\"answer-q1-problem\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/d/" + token + "#answer-q7\"", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;Afraid&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("value=\"2024-02-29\"", page, StringComparison.Ordinal);
        Assert.Contains("value=\"Dog\" checked", page, StringComparison.Ordinal);
        Assert.Null((await app.DocumentAsync(document.Id)).AnsweredAt);
    }

    [Fact]
    public async Task Answers_are_final()
    {
        var (app, document, browser, token) = await OpenedAsync();
        using var _ = browser;
        using var other = app.Visitor(followRedirects: true);
        using var openedToo = await other.OpensAsync(token);
        var stale = await other.GetStringAsync($"d/{token}", Cancellation);
        using var first = await browser.SendFormAsync($"d/{token}", "answers", Papers.Answers);

        // A page that was open elsewhere, and the one before with the browser's back button.
        var second = await app.Get<DocumentDoor>()
            .AnswerAsync(document.Id, _ => ["Changed"], Cancellation);
        var page = await browser.GetStringAsync($"d/{token}", Cancellation);

        Assert.Contains("answer.q1", stale, StringComparison.Ordinal);
        Assert.IsType<AnswerOutcome.Closed>(second);
        Assert.Contains("Thank you", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
        await using var db = app.Db();
        var kept = await db.FormAnswers.SingleAsync(a => a.DocumentId == document.Id, Cancellation);
        Assert.Equal("Bella", kept.Answers[0].Values.Single());
    }

    [Fact]
    public async Task Two_who_send_at_once_leave_one_set_of_answers()
    {
        var (app, document, browser, _) = await OpenedAsync();
        using var closing = browser;
        var door = app.Get<DocumentDoor>();
        var given = Papers.Answers.ToDictionary(
            a => a.Name["answer.".Length..],
            a => (IReadOnlyList<string>)[a.Value]
        );

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => door.AnswerAsync(document.Id, key => given[key], Cancellation))
        );

        Assert.Single(outcomes.OfType<AnswerOutcome.Kept>());
        Assert.Equal(7, outcomes.OfType<AnswerOutcome.Closed>().Count());
    }

    [Fact]
    public async Task A_flood_of_bytes_is_refused()
    {
        var (app, document, browser, token) = await OpenedAsync();
        using var _ = browser;

        try
        {
            using var answer = await browser.SendFormAsync(
                $"d/{token}",
                "answers",
                ("answer.q2", new string('x', DocumentPage.LargestForm + 1))
            );
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        catch (HttpRequestException hungUp)
        {
            // The app answered and hung up while the flood still came.
            Assert.IsType<IOException>(hungUp.InnerException);
        }

        Assert.Null((await app.DocumentAsync(document.Id)).AnsweredAt);
    }

    /// <summary>A form that was sent, and a browser that has opened it.</summary>
    private async Task<(
        InboxApp App,
        SharedDocument Document,
        HttpClient Browser,
        string Token
    )> OpenedAsync()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var form = await phone.App.FormAsync();
        var (document, token) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.Form(form.Id))
        );
        var browser = phone.App.Visitor(followRedirects: true);
        using var opened = await browser.OpensAsync(token);
        Assert.Contains(
            "Name of your pet",
            await opened.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal
        );
        return (phone.App, document, browser, token);
    }
}
