using System.Net;
using Clinic.Inbox.People;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Another site makes a browser send something here (CSRF). The browser adds its cookie, and nothing that the other site
/// could not write itself.
/// </summary>
public sealed class ForgeryTests(RealApp app)
{
    /// <summary>What a form of another site can say of its body.</summary>
    private static readonly (string Type, string Body)[] Bodies =
    [
        ("application/x-www-form-urlencoded", "_handler=sign-in&Input.Email=a%40b.c&id=1"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"_handler\"\r\n\r\nanswers\r\n--x--\r\n"
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
        using var victim = app.Caller(Roles.Administrator);
        victim.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        victim.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        var unsafeOnes = app
            .Routes.Where(r => r.IsUnsafe && !OnlyReads.Contains(r.Pattern))
            .ToList();
        Assert.True(unsafeOnes.Count > 50, "Addresses that change something were found.");
        var wrong = new List<string>();
        foreach (var route in unsafeOnes)
        {
            foreach (var (type, body) in Bodies)
            {
                using var request = new HttpRequestMessage(
                    new HttpMethod(route.Method),
                    route.Address(name => app.Known(route, name))
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
        // And the session is still there: nobody was signed out.
        using var page = await victim.GetAsync("settings/users", Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
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
