using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Documents;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// A text, a name, a file's name, a card or a form that would become part of a page (stored XSS). ArchitectureTests reads
/// the source for ways in which a text could become markup; here every page is drawn with nothing but such texts. What a
/// file may do that is opened by itself (SVG, PDF, vCard, a picture with a page behind it) is in AttachmentEndpointTests,
/// AttachmentFetchingTests and FileDetectionTests.
/// </summary>
public sealed class StoredXssTests(BrowserFixture browsers)
{
    /// <summary>Tabs and addresses that a route's one filling does not reach.</summary>
    private static readonly string[] Besides =
    [
        "clients/{0}/overview",
        "clients/{0}/reminders",
        "clients/{0}/communications",
        "clients/{0}/documents",
        "schedule/inbox/{1}",
        "reminders/today",
        "reminders/attention",
    ];

    /// <summary>Pages with clients' words, one after the other within one circuit: address, title, tab of a profile.</summary>
    /// <remarks>Neighbours differ in one of them: by that it is known that the next one has come.</remarks>
    private static readonly (string Path, string Title, string? Tab)[] Live =
    [
        ("clients", "Clients ·", null),
        ("schedule/inbox/{1}", "· Inbox", null),
        ("clients/{0}/overview", HostileClinic.Mark, "Overview"),
        ("clients/{0}/reminders", HostileClinic.Mark, "Reminders"),
        ("clients/{0}/communications", HostileClinic.Mark, "Communications"),
        ("clients/{0}/documents", HostileClinic.Mark, "Documents"),
        ("clients/{0}/consent", HostileClinic.Mark, "Consent"),
        ("consent/review", "Consent review", null),
        ("clients?q=xss", "Clients ·", null),
        ("settings/library", "Library", null),
        ("settings/api-keys", "API keys", null),
        ("settings/forms", "Forms", null),
        ("settings/audit", "Audit log", null),
        ("settings/users", "Users", null),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_page_makes_markup_of_what_somebody_wrote()
    {
        await using var clinic = await HostileClinic.OpenAsync();
        using var boss = await clinic.App.UserAsync(Roles.Administrator, HostileClinic.Words);
        await clinic.ComesFromAsync(boss);
        using var stranger = clinic.App.Visitor();
        var pages = AppRoute
            .Of(clinic.App)
            .Where(r => r is { Page: not null, Method: "GET" })
            .Select(r => r.Address(name => clinic.Known(r, name)))
            .Concat(
                Besides.Select(path =>
                    string.Format(
                        System.Globalization.CultureInfo.InvariantCulture,
                        path,
                        clinic.ClientId,
                        clinic.PicturesId
                    )
                )
            )
            .ToList();
        var query = "?q=" + Uri.EscapeDataString(HostileClinic.Words);
        query += "&returnUrl=" + Uri.EscapeDataString(HostileClinic.Words);
        query += "&text=" + Uri.EscapeDataString(HostileClinic.Words);
        var wrong = new List<string>();
        var showing = 0;
        foreach (var page in pages)
        {
            foreach (var address in (string[])[page, page + query])
            {
                foreach (var browser in (HttpClient[])[boss.Http, stranger])
                {
                    using var answer = await browser.GetAsync(address, Cancellation);
                    var body = await answer.Content.ReadAsStringAsync(Cancellation);
                    Assert.True((int)answer.StatusCode < 500, address);
                    showing += body.Contains(HostileClinic.Mark, StringComparison.Ordinal) ? 1 : 0;
                    wrong.AddRange(Found(body).Select(found => $"{address}: {found}"));
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        // The words were really there to be drawn.
        Assert.True(showing > 40, $"Only {showing} answers showed the words.");
    }

    [Fact]
    public async Task What_strangers_type_and_what_their_browsers_say_comes_back_as_text()
    {
        await using var clinic = await HostileClinic.OpenAsync();
        using var browser = clinic.App.Visitor();
        (string Path, string Form, (string, string)[] Fields)[] forms =
        [
            (
                "opt-in",
                "opt-in",
                [("Input.Name", HostileClinic.Words), ("Input.Number", HostileClinic.Words)]
            ),
            (
                "account/sign-in",
                "sign-in",
                [("Input.Email", HostileClinic.Words), ("Input.Password", "x")]
            ),
            ($"d/{clinic.Token}", "open", [("LastName", HostileClinic.Words)]),
        ];
        foreach (var (path, form, fields) in forms)
        {
            using var answer = await browser.SendFormAsync(path, form, fields);
            Assert.Empty(Found(await answer.Content.ReadAsStringAsync(Cancellation)));
        }

        using var odd = clinic.App.Visitor();
        foreach (var header in (string[])["User-Agent", "X-Forwarded-For", "X-Forwarded-Host"])
        {
            odd.DefaultRequestHeaders.TryAddWithoutValidation(header, HostileClinic.Words);
        }
        using var entered = await odd.SendFormAsync(
            "account/sign-in",
            "sign-in",
            ("Input.Email", clinic.ColleagueEmail),
            ("Input.Password", SignedIn.Password)
        );
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        var sessions = await odd.GetStringAsync("account/security", Cancellation);
        Assert.Contains(HostileClinic.Mark, sessions, StringComparison.Ordinal);
        Assert.Empty(Found(sessions));
    }

    [Fact]
    public async Task In_a_browser_nothing_of_it_runs()
    {
        await using var clinic = await HostileClinic.OpenAsync();
        using var boss = await clinic.App.UserAsync(Roles.Administrator, HostileClinic.Words);
        var page = await browsers.PageAsync(clinic.App, boss);
        var dialogs = 0;
        page.Dialog += async (_, dialog) =>
        {
            Interlocked.Increment(ref dialogs);
            await dialog.DismissAsync();
        };
        await page.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', e => { (window.refused ??= []).push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample); })"
        );
        foreach (
            var path in (string[])
                [
                    $"clients/{clinic.ClientId}/documents/{clinic.DocumentId}",
                    "schedule/day",
                    "reminders/today",
                    $"schedule/inbox/{clinic.PicturesId}",
                ]
        )
        {
            await page.GoLiveAsync(path);
            await AssertNothingRanAsync(page, path);
        }
        foreach (var (pattern, title, tab) in Live)
        {
            var path = string.Format(
                System.Globalization.CultureInfo.InvariantCulture,
                pattern,
                clinic.ClientId,
                clinic.ConversationId
            );
            await GoOnAsync(page, path, title, tab);
            await AssertNothingRanAsync(page, path);
        }
        await page.Locator("main button").GetByText("Sessions").First.ClickAsync();
        await Expect(page.Locator(".mud-dialog .session").First)
            .ToContainTextAsync(HostileClinic.Mark);
        await AssertNothingRanAsync(page, "the sessions of a colleague");
        await page.Locator(".mud-dialog").GetByText("Done").ClickAsync();
        await GoOnAsync(page, "settings/quarantine", "Quarantine", tab: null, shows: "Quarantine");
        await page.Locator("main summary").First.ClickAsync();
        await Expect(page.Locator(".quarantine-body")).ToContainTextAsync(HostileClinic.Mark);
        await AssertNothingRanAsync(page, "settings/quarantine");

        // What is found, with the words marked in which it was.
        await GoOnAsync(page, $"schedule/inbox/{clinic.ConversationId}", "· Inbox", tab: null);
        await page.GetByLabel("Search conversations").FillAsync("onerror");
        await Expect(page.Locator("main mark").First).ToBeVisibleAsync();
        await AssertNothingRanAsync(page, "what was found");

        // And what comes while somebody looks.
        await page.GoLiveAsync($"schedule/inbox/{clinic.ConversationId}");
        using var text = await clinic.App.ReceiveAsync(
            HostileClinic.Phone,
            "Newest " + HostileClinic.Words
        );
        await Expect(page.Locator("main").GetByText("Newest \"'><b data-xss>").First)
            .ToBeVisibleAsync();
        await AssertNothingRanAsync(page, "the live inbox");
        Assert.Equal(0, Volatile.Read(ref dialogs));
    }

    /// <summary>To another page within the circuit, until it shows the words.</summary>
    private static async Task GoOnAsync(
        IPage page,
        string path,
        string title,
        string? tab,
        string shows = HostileClinic.Mark
    )
    {
        await page.EvaluateAsync("path => Blazor.navigateTo('/' + path)", path);
        try
        {
            await page.WaitForFunctionAsync(
                """
                ([title, tab, shows]) => document.title.includes(title)
                  && (!tab || document.querySelector('main .profile-tabs [aria-current=page]')?.textContent.includes(tab))
                  && !document.querySelector('main .skeleton-row')
                  && document.querySelector('main').innerText.includes(shows)
                """,
                new[] { title, tab, shows }
            );
        }
        catch (TimeoutException)
        {
            var seen = await page.Locator("main").InnerTextAsync();
            Assert.Fail($"{path} does not show {shows}: {await page.TitleAsync()}\n{seen}");
        }
    }

    private static async Task AssertNothingRanAsync(IPage page, string where)
    {
        var ran = await page.EvaluateAsync<bool>("() => typeof window.xss !== 'undefined'");
        var born = await page.Locator($"[{HostileClinic.Mark}]").CountAsync();
        // The policy is the second wall; whoever reaches it has got through the first.
        var refused = await page.EvaluateAsync<string[]>("() => window.refused ?? []");
        Assert.False(ran, where);
        Assert.True(born == 0, where);
        Assert.True(refused.Length == 0, $"{where}: {string.Join(", ", refused)}");
    }

    /// <summary>Elements of a page that came out of a text.</summary>
    private static IEnumerable<string> Found(string html) =>
        new HtmlParser()
            .ParseDocument(html)
            .All.Where(element =>
                element.HasAttribute(HostileClinic.Mark)
                || element.Attributes.Any(IsScript)
                || element.LocalName == "script"
                    && element.TextContent.Contains("xss", StringComparison.Ordinal)
            )
            .Select(element => element.OuterHtml[..Math.Min(200, element.OuterHtml.Length)]);

    private static bool IsScript(IAttr attribute) =>
        attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
        || (
            // Those that lead somewhere: in another one (a label, a value) such words are words.
            attribute.Name
                is "href"
                    or "src"
                    or "action"
                    or "formaction"
                    or "data"
                    or "poster"
                    or "srcdoc"
                    or "xlink:href"
            && Array.Exists(
                Running,
                // As browsers read it: without white space.
                scheme =>
                    string.Concat(attribute.Value.Where(c => c > ' '))
                        .StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            )
        );

    private static readonly string[] Running = ["javascript:", "vbscript:", "data:text/html"];
}
