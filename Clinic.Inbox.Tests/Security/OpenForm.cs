using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Clinic.Inbox.Tests.Documents;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Security;

/// <summary>A form that strangers may fill in, as its page gave it to a browser: with the token that lets it through.</summary>
/// <param name="Address">Where it is shown and sent to.</param>
/// <param name="Cookies">What the browser shows with it.</param>
/// <param name="Fields">Names of what can be filled in.</param>
internal sealed record OpenForm(
    string Address,
    string Name,
    string Cookies,
    string Token,
    IReadOnlyList<string> Fields
)
{
    private const string NameField = "_handler";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Every form of a page that is open to all, read from the pages themselves. The first visit's is gone by then, and a
    /// second step is shown to nobody who has not done the first.
    /// </summary>
    public static async Task<IReadOnlyList<OpenForm>> OfAsync(RealApp app)
    {
        var cookies = new CookieContainer();
        using var browser = new HttpClient(
            new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false }
        )
        {
            BaseAddress = app.Address,
        };
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", app.NewAddress());
        browser.DefaultRequestHeaders.Add("Accept", "text/html");
        var addresses = app
            .Routes.Where(r => r is { IsOpen: true, Page: not null, Method: "GET" })
            .Select(app.FormAddress)
            .ToList();
        var forms = new List<OpenForm>();
        foreach (var address in addresses)
        {
            forms.AddRange(await ReadAsync(address));
        }
        // Behind the one that opens it is another.
        using var opened = await browser.OpensAsync(app.DocumentToken);
        forms.AddRange(await ReadAsync("d/" + app.DocumentToken));
        return forms;

        async Task<IEnumerable<OpenForm>> ReadAsync(string address)
        {
            using var answer = await browser.GetAsync(address, Cancellation);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                // Led elsewhere: what it would have shown is in the answer, and nobody sees it.
                return [];
            }
            var html = await answer.Content.ReadAsStringAsync(Cancellation);
            return new HtmlParser()
                .ParseDocument(html)
                .QuerySelectorAll("form")
                .Where(form => form.QuerySelector($"input[name={NameField}]") is not null)
                .Select(form => new OpenForm(
                    address,
                    ValueOf(form, NameField),
                    cookies.GetCookieHeader(new Uri(app.Address, address)),
                    ValueOf(form, Forms.TokenField),
                    [
                        .. form.QuerySelectorAll("[name]")
                            .Select(field => field.GetAttribute("name")!)
                            .Where(name => name is not (NameField or Forms.TokenField))
                            .Distinct(),
                    ]
                ))
                .ToList();
        }
    }

    /// <summary>As a browser sends it.</summary>
    /// <param name="filled">The fields, as a form writes them.</param>
    public HttpContent Sent(byte[] filled)
    {
        var content = new ByteArrayContent([
            .. System.Text.Encoding.ASCII.GetBytes(
                $"{NameField}={Name}&{Forms.TokenField}={Uri.EscapeDataString(Token)}&"
            ),
            .. filled,
        ]);
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        return content;
    }

    /// <summary>The same in parts, with a file wherever a word belongs.</summary>
    public HttpContent SentAsFiles(byte[] file)
    {
        var content = new MultipartFormDataContent
        {
            { new StringContent(Name), NameField },
            { new StringContent(Token), Forms.TokenField },
        };
        foreach (var field in Fields)
        {
            content.Add(new ByteArrayContent(file), field, "paw.jpg");
        }
        return content;
    }

    private static string ValueOf(IElement form, string field) =>
        form.QuerySelector($"input[name={field}]")?.GetAttribute("value") ?? "";
}
