using System.Net;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Consent;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.ConsentPages;

/// <summary>The public form as a browser without scripts sends it.</summary>
public sealed class OptInPageTests : IAsyncLifetime
{
    private const string Thanks = "One more step";

    private InboxApp _app = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await InboxApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task It_shows_what_carriers_ask_for_and_nothing_is_ticked()
    {
        using var stranger = _app.Visitor();

        using var answer = await stranger.GetAsync("opt-in", Cancellation);

        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        foreach (var category in Enum.GetValues<ConsentCategory>())
        {
            Assert.Contains(
                ConsentTerms.Proposed(category, "Our clinic"),
                page,
                StringComparison.Ordinal
            );
        }
        foreach (
            var needed in (string[])
                [
                    "Message frequency varies",
                    "Message and data rates may apply",
                    "Reply HELP for help or STOP to stop",
                    "not a condition of any purchase",
                    "never sold, nor shared",
                ]
        )
        {
            Assert.Contains(needed, page, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("checked", page, StringComparison.Ordinal);
        Assert.DoesNotContain("blazor-ssr", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_fills_it_in_is_texted_with_the_words_that_were_shown_kept()
    {
        using var browser = _app.Visitor(followRedirects: true);

        using var answer = await browser.SendFormAsync(
            "opt-in",
            "opt-in",
            ("Input.Name", "Ana Cole"),
            ("Input.Number", "(415) 555-0134"),
            ("Input.Marketing", "true")
        );

        Assert.Contains(
            Thanks,
            await answer.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal
        );
        await using var db = _app.Db();
        var request = await db.OptInRequests.SingleAsync(Cancellation);
        Assert.Null(request.TransactionalTerms);
        Assert.Equal(
            $"{ConsentTerms.Proposed(ConsentCategory.Marketing, "Our clinic")}\n\n{ConsentTerms.OnlineRules}\n\nTicked: “{ConsentTerms.Tick(ConsentCategory.Marketing)}”",
            request.MarketingTerms
        );
        var text = await db.Messages.SingleAsync(
            m => m.Purpose == Purpose.OptInRequest,
            Cancellation
        );
        Assert.Equal(("+14155550134", request.ExpiresAt), (text.Number.Value, text.ExpiresAt));
        Assert.Equal(MessageKind.System, text.Kind);
    }

    [Theory]
    [InlineData("STOP", "(415) 555-0134")]
    [InlineData("", "(415) 555-0134")]
    [InlineData("", "+49 151 12345678")]
    [InlineData("", "876 555 0134")]
    public async Task Whatever_is_known_of_a_number_the_answer_is_the_same(
        string said,
        string number
    )
    {
        if (said.Length > 0)
        {
            using var taken = await _app.ReceiveAsync("14155550134", said);
        }
        using var browser = _app.Visitor(followRedirects: true);

        using var first = await SendAsync(browser, number);
        using var second = await SendAsync(browser, number);

        var page = await first.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains(Thanks, page, StringComparison.Ordinal);
        Assert.Equal(first.RequestMessage!.RequestUri, second.RequestMessage!.RequestUri);
        Assert.DoesNotContain("555", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "(415) 555-0134", "true", "Enter your name.")]
    [InlineData("Ana", "call me", "true", "A phone number has no letters")]
    [InlineData("Ana", "(415) 555-0134", "", "Tick what you want")]
    public async Task What_can_not_be_read_is_said_and_stays_typed(
        string name,
        string number,
        string agreed,
        string says
    )
    {
        using var browser = _app.Visitor();
        (string, string)[] fields =
        [
            ("Input.Name", name),
            ("Input.Number", number),
            .. agreed.Length > 0
                ? [("Input.Transactional", agreed)]
                : Array.Empty<(string, string)>(),
        ];

        using var answer = await browser.SendFormAsync("opt-in", "opt-in", fields);

        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Contains(says, page, StringComparison.Ordinal);
        Assert.Contains($"value=\"{number}\"", page, StringComparison.Ordinal);
        await NothingIsSentAsync();
    }

    [Fact]
    public async Task A_program_that_fills_in_what_nobody_sees_is_thanked_and_forgotten()
    {
        using var browser = _app.Visitor(followRedirects: true);

        using var answer = await browser.SendFormAsync(
            "opt-in",
            "opt-in",
            ("Input.Name", "Ana"),
            ("Input.Number", "(415) 555-0134"),
            ("Input.Transactional", "true"),
            ("Input.Website", "https://spam.example")
        );

        Assert.Contains(
            Thanks,
            await answer.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal
        );
        await NothingIsSentAsync();
    }

    [Fact]
    public async Task A_form_without_its_seal_is_refused()
    {
        using var browser = _app.Visitor();
        using var content = new FormUrlEncodedContent(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["_handler"] = "opt-in",
                ["Input.Name"] = "Ana",
                ["Input.Number"] = "(415) 555-0134",
                ["Input.Transactional"] = "true",
            }
        );

        using var answer = await browser.PostAsync("opt-in", content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await NothingIsSentAsync();
    }

    [Fact]
    public async Task Words_that_changed_meanwhile_are_shown_anew_with_nothing_ticked()
    {
        using var browser = _app.Visitor();
        var cookies = await browser.GetStringAsync("opt-in", Cancellation);
        Assert.NotEmpty(cookies);

        using var answer = await browser.SendFormAsync(
            "opt-in",
            "opt-in",
            ("Input.Name", "Ana"),
            ("Input.Number", "(415) 555-0134"),
            ("Input.Transactional", "true"),
            ("Input.Seal", "of-yesterday")
        );

        var page = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("have changed since you opened", page, StringComparison.Ordinal);
        Assert.DoesNotContain("checked", page, StringComparison.Ordinal);
        await NothingIsSentAsync();
    }

    [Fact]
    public async Task Twenty_forms_in_ten_minutes_come_from_one_address_and_no_more()
    {
        using var browser = _app.Visitor();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < ConsentPagesSetup.FormsAWindow + 1; i++)
        {
            using var answer = await browser.PostAsync("opt-in", content: null, Cancellation);
            statuses.Add(answer.StatusCode);
        }

        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, statuses.SkipLast(1));
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        // Looking is free.
        using var look = await browser.GetAsync("opt-in", Cancellation);
        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
    }

    [Fact]
    public async Task Strangers_make_the_clinic_send_forty_texts_an_hour_at_most()
    {
        var desk = _app.Get<OptInDesk>();
        var seal = (await desk.OfferAsync(Cancellation)).Seal;
        for (var i = 0; i < OptInDesk.MostAnHour + 5; i++)
        {
            await TakeAsync(2_000 + i);
        }
        Assert.Equal(OptInDesk.MostAnHour, await RequestsAsync());

        _app.Clock.Advance(TimeSpan.FromMinutes(61));
        await TakeAsync(2_900);

        Assert.Equal(OptInDesk.MostAnHour + 1, await RequestsAsync());

        Task TakeAsync(int number) =>
            desk.TakeAsync(
                new OptInForm("Ana", $"+1415555{number}", Transactional: true, false, seal),
                Cancellation
            );

        async Task<int> RequestsAsync()
        {
            await using var db = _app.Db();
            return await db.Messages.CountAsync(
                m => m.Purpose == Purpose.OptInRequest,
                Cancellation
            );
        }
    }

    [Fact]
    public async Task While_no_line_is_on_it_says_so()
    {
        await using (var db = _app.Db())
        {
            await db.Lines.ExecuteUpdateAsync(
                l => l.SetProperty(x => x.AddOn, AddOn.Off),
                Cancellation
            );
        }
        using var browser = _app.Visitor();

        var page = await browser.GetStringAsync("opt-in", Cancellation);

        Assert.Contains("Texts are off for now", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient browser, string number) =>
        browser.SendFormAsync(
            "opt-in",
            "opt-in",
            ("Input.Name", "Ana"),
            ("Input.Number", number),
            ("Input.Transactional", "true")
        );

    private async Task NothingIsSentAsync()
    {
        await using var db = _app.Db();
        Assert.False(await db.OptInRequests.AnyAsync(Cancellation));
        Assert.False(await db.Messages.AnyAsync(Cancellation));
    }
}
