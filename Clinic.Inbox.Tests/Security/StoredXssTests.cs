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

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_page_makes_markup_of_what_somebody_wrote()
    {
        await using var clinic = await HostileClinic.OpenAsync();
        using var boss = await clinic.App.UserAsync(Roles.Administrator, HostileClinic.Words);
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
    public async Task What_was_typed_into_an_open_form_comes_back_as_text()
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
                    $"schedule/inbox/{clinic.PicturesId}",
                    $"schedule/inbox/{clinic.ConversationId}",
                    $"clients/{clinic.ClientId}",
                    $"clients/{clinic.ClientId}/documents/{clinic.DocumentId}",
                    "schedule/day",
                    "settings/library",
                    "settings/audit",
                ]
        )
        {
            await page.GoLiveAsync(path);
            await AssertNothingRanAsync(page, path);
        }

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
        || attribute
            .Value.TrimStart()
            .StartsWith("javascript:", StringComparison.OrdinalIgnoreCase);
}
