using System.Net;
using AngleSharp.Html.Parser;
using Clinic.Inbox.People;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Another site makes a browser send something here (CSRF). The browser adds its cookie, and nothing that the other site
/// could not write itself.
/// </summary>
public sealed class ForgeryTests(RealApp app)
{
    /// <summary>What a form of another site can say of its body.</summary>
    /// <param name="form">The form of a page that it pretends to be.</param>
    private static (string Type, string Body)[] Bodies(string form) =>
        [
            ("application/x-www-form-urlencoded", $"_handler={form}&Input.Email=a%40b.c&id=1"),
            (
                "multipart/form-data; boundary=x",
                $"--x\r\nContent-Disposition: form-data; name=\"_handler\"\r\n\r\n{form}\r\n--x--\r\n"
            ),
            ("text/plain", "{\"text\":\"Hello\",\"x\":\"=\"}"),
            ("application/json", "{\"text\":\"Hello\"}"),
        ];

    /// <summary>Answer whatever the method is, read no body and change nothing.</summary>
    private static readonly string[] OnlyReads = ["/health/live", "/health/ready", "/metrics"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cookie_alone_changes_nothing()
    {
        await app.StartAsync();
        using var stranger = app.Caller();
        var unsafeOnes = app
            .Routes.Where(r => r.IsUnsafe && !OnlyReads.Contains(r.Pattern))
            .ToList();
        Assert.True(unsafeOnes.Count > 50, "Addresses that change something were found.");
        var wrong = new List<string>();
        var forms = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in unsafeOnes)
        {
            // From an address of its own: what is refused for the number of its tries shows nothing.
            using var victim = app.Caller(Roles.Administrator);
            // A form that the page does not have is refused for that alone.
            IReadOnlyList<string> own = route.Page is null
                ? []
                :
                [
                    .. await FormsAsync(victim, app.FormAddress(route)),
                    .. await FormsAsync(stranger, app.FormAddress(route)),
                ];
            forms.UnionWith(own);
            victim.DefaultRequestHeaders.Add("Origin", "https://evil.example");
            victim.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
            foreach (
                var (type, body) in own.DefaultIfEmpty("sign-in").Distinct().SelectMany(Bodies)
            )
            {
                using var request = new HttpRequestMessage(
                    new HttpMethod(route.Method),
                    app.FormAddress(route)
                );
                request.Content = new StringContent(body);
                request.Content.Headers.Remove("Content-Type");
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                using var answer = await victim.SendAsync(request, Cancellation);
                if (!IsRefused(route, answer.StatusCode))
                {
                    wrong.Add($"{route} as {type}: {(int)answer.StatusCode}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "change-password",
                "choose-password",
                "open",
                "opt-in",
                "pre-visit",
                "sessions",
                "sign-in",
            },
            forms
        );
        // And the session is still there: nobody was signed out.
        using var after = app.Caller(Roles.Administrator);
        using var page = await after.GetAsync("settings/users", Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task Every_page_asks_for_the_token_of_its_form()
    {
        await app.StartAsync();

        Assert.Empty(
            app.Routes.Where(route => route.Page is not null && !route.AsksForToken)
                .Select(route => $"{route}")
        );
    }

    [Theory]
    [InlineData("_blazor/negotiate?negotiateVersion=1")]
    [InlineData("hubs/inbox/negotiate?negotiateVersion=1")]
    public async Task Another_site_opens_no_live_connection_with_somebodys_cookie(string address)
    {
        await app.StartAsync();
        foreach (
            var origin in (string[])
                [
                    "https://evil.example",
                    "null",
                    $"http://{app.Address.Authority}.evil.example",
                    $"http://evil.example:{app.Address.Port}",
                    $"http://{app.Address.Host}:1",
                ]
        )
        {
            using var victim = app.Caller(Roles.Administrator);
            victim.DefaultRequestHeaders.TryAddWithoutValidation("Origin", origin);
            using var answer = await victim.PostAsync(address, content: null, Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, origin);
        }
        using var ours = app.Caller(Roles.Administrator);
        ours.DefaultRequestHeaders.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        using var opened = await ours.PostAsync(address, content: null, Cancellation);
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
    }

    /// <summary>The names of a page's forms, as it shows them.</summary>
    private static async Task<IReadOnlyList<string>> FormsAsync(HttpClient browser, string address)
    {
        using var page = await browser.GetAsync(address, Cancellation);
        var html = await page.Content.ReadAsStringAsync(Cancellation);
        return
        [
            .. new HtmlParser()
                .ParseDocument(html)
                .QuerySelectorAll("form input[name=_handler]")
                .Select(input => input.GetAttribute("value") ?? ""),
        ];
    }

    /// <summary>
    /// A page says no with 400; an address that takes no cookie says so; whatever is not there can't be changed. A webhook
    /// asks for its signature, without one it is 503.
    /// </summary>
    private static bool IsRefused(AppRoute route, HttpStatusCode status) =>
        (int)status is >= 400 and < 500
        || (
            status == HttpStatusCode.ServiceUnavailable
            && route.Pattern.StartsWith("/webhooks/", StringComparison.Ordinal)
        );
}
