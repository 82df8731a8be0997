using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Clinic.Inbox.People;

namespace Clinic.Inbox.Tests.Security;

/// <summary>What every answer of the app tells browsers, whoever asks and whatever comes of it.</summary>
public sealed class HeadersTests(RealApp app)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_forbids_scripts_that_are_not_files_of_ours()
    {
        var wrong = new List<string>();
        await ForEachAnswerAsync(
            (route, answer, _) =>
            {
                var policy = Policy(answer);
                var scripts = Sources(policy, "script-src");
                if (
                    scripts.Count == 0
                    || scripts.Any(source =>
                        // A nonce is good for one answer. The word alone would let in whatever is written into a page.
                        source is not ("'self'" or "'none'")
                        && !source.StartsWith("'nonce-", StringComparison.Ordinal)
                    )
                )
                {
                    wrong.Add($"{route}: script-src {string.Join(' ', scripts)}");
                }
                foreach (var (directive, allowed) in Narrow)
                {
                    if (Sources(policy, directive).Except(AllowedBy(directive, allowed)).Any())
                    {
                        wrong.Add($"{route}: {directive} is too wide in {Header(answer, Csp)}");
                    }
                }
                // These have no default: where they are not named, everything is allowed.
                foreach (var directive in (string[])["base-uri", "form-action", "frame-ancestors"])
                {
                    if (!policy.ContainsKey(directive) && !policy.ContainsKey("sandbox"))
                    {
                        wrong.Add($"{route}: {directive} is missing");
                    }
                }
            }
        );

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Every_answer_is_what_it_says_and_stays_on_this_site()
    {
        var wrong = new List<string>();
        await ForEachAnswerAsync(
            (route, answer, _) =>
            {
                Expect(route, answer, "X-Content-Type-Options", "nosniff");
                Expect(route, answer, "Cross-Origin-Opener-Policy", "same-origin");
                Expect(route, answer, "Cross-Origin-Resource-Policy", "same-origin");
                Expect(route, answer, "Referrer-Policy", "same-origin", "no-referrer");
                if (answer.Headers.Contains("Server") || answer.Headers.Contains("X-Powered-By"))
                {
                    wrong.Add($"{route}: says what it is made of");
                }
                if (answer.Headers.Contains("Access-Control-Allow-Origin"))
                {
                    wrong.Add($"{route}: lets other sites read it");
                }
            }
        );

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        void Expect(
            AppRoute route,
            HttpResponseMessage answer,
            string header,
            params string[] either
        )
        {
            if (!either.Contains(Header(answer, header)))
            {
                wrong.Add($"{route}: {header} is '{Header(answer, header)}'");
            }
        }
    }

    [Fact]
    public async Task No_page_holds_a_script_that_its_policy_would_have_to_allow()
    {
        var wrong = new List<string>();
        var pages = 0;
        await ForEachAnswerAsync(
            (route, answer, body) =>
            {
                if (answer.Content.Headers.ContentType?.MediaType != "text/html")
                {
                    return;
                }
                pages++;
                foreach (var element in new HtmlParser().ParseDocument(body).All)
                {
                    if (Runs(element))
                    {
                        wrong.Add(
                            $"{route}: {element.OuterHtml[..Math.Min(120, element.OuterHtml.Length)]}"
                        );
                    }
                }
            }
        );

        Assert.True(pages > 100, "Pages were read.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Every_cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        var wrong = new List<string>();
        var cookies = new HashSet<string>(StringComparer.Ordinal);
        await ForEachAnswerAsync(
            (route, answer, _) =>
            {
                if (!answer.Headers.TryGetValues("Set-Cookie", out var set))
                {
                    return;
                }
                foreach (var cookie in set)
                {
                    cookies.Add(cookie.Split('=')[0]);
                    var attributes = cookie
                        .Split(';', StringSplitOptions.TrimEntries)
                        .Skip(1)
                        .Select(a => a.ToLowerInvariant())
                        .ToList();
                    if (
                        !attributes.Contains("httponly")
                        || !attributes.Exists(a => a is "samesite=lax" or "samesite=strict")
                        || attributes.Exists(a => a.StartsWith("domain=", StringComparison.Ordinal))
                        // Behind https, which the callers below come by, never without it.
                        || !attributes.Contains("secure")
                    )
                    {
                        wrong.Add($"{route}: {cookie}");
                    }
                }
            },
            https: true
        );

        Assert.Contains("inbox-form", cookies);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task What_holds_clients_data_is_kept_by_no_cache()
    {
        var wrong = new List<string>();
        var seen = 0;
        await ForEachAnswerAsync(
            (route, answer, _) =>
            {
                var mayHold =
                    route.Page is not null
                    || (
                        !route.IsOpen
                        // How to connect, and nothing of what comes then.
                        && !route.Pattern.StartsWith("/_blazor", StringComparison.Ordinal)
                        && !route.Pattern.StartsWith("/hubs", StringComparison.Ordinal)
                    );
                var cache = answer.Headers.CacheControl;
                seen += mayHold ? 1 : 0;
                if (mayHold && cache is not { NoStore: true })
                {
                    wrong.Add($"{route}: {cache}");
                }
            },
            only: answer => answer.StatusCode == HttpStatusCode.OK,
            key: "read"
        );

        Assert.True(seen > 60, $"{seen} answers were looked at.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private const string Csp = "Content-Security-Policy";

    private string[] AllowedBy(string directive, string[] allowed) =>
        directive == "connect-src"
            ? [.. allowed, $"ws://{app.Address.Authority}", $"wss://{app.Address.Authority}"]
            : allowed;

    /// <summary>Where a directive may lead at the most.</summary>
    private static readonly (string Directive, string[] Allowed)[] Narrow =
    [
        ("default-src", ["'self'", "'none'"]),
        ("object-src", ["'none'"]),
        ("base-uri", ["'self'", "'none'"]),
        ("form-action", ["'self'", "'none'"]),
        ("frame-src", ["'self'", "'none'"]),
        ("frame-ancestors", ["'none'", "'self'"]),
        ("worker-src", ["'self'", "'none'"]),
        ("style-src", ["'self'", "'none'", "'unsafe-inline'"]),
        ("font-src", ["'self'", "'none'", "data:"]),
        ("img-src", ["'self'", "'none'", "data:", "blob:"]),
        ("media-src", ["'self'", "'none'", "blob:"]),
        // Some browsers don't count a socket as 'self': its own address may stand there, see below.
        ("connect-src", ["'self'", "'none'"]),
    ];

    /// <summary>Asks every address with every method, as a stranger and as an administrator.</summary>
    /// <param name="key">The scope of a program's key that asks too; null: none does.</param>
    private async Task ForEachAnswerAsync(
        Action<AppRoute, HttpResponseMessage, string> look,
        bool https = false,
        Func<HttpResponseMessage, bool>? only = null,
        string? key = null
    )
    {
        await app.StartAsync();
        List<HttpClient> callers = [app.Caller(), app.Caller(Roles.Administrator)];
        if (key is not null)
        {
            callers.Add(app.WithKey(key));
        }
        foreach (var caller in callers)
        {
            using var one = caller;
            caller.DefaultRequestHeaders.Add("Accept", "text/html,*/*;q=0.8");
            if (https)
            {
                caller.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            }
            foreach (var route in app.Routes)
            {
                using var request = new HttpRequestMessage(
                    new HttpMethod(route.Method),
                    route.Address(name => app.Known(route, name))
                );
                if (route.IsUnsafe)
                {
                    request.Content = new StringContent("{}", null, "application/json");
                }
                using var answer = await caller.SendAsync(request, Cancellation);
                if (only?.Invoke(answer) is not false)
                {
                    look(route, answer, await answer.Content.ReadAsStringAsync(Cancellation));
                }
            }
        }
    }

    private static Dictionary<string, string[]> Policy(HttpResponseMessage answer) =>
        Header(answer, Csp)
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(directive => directive.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[0], words => words[1..], StringComparer.Ordinal);

    /// <summary>What a directive allows; where it is not named, what the default allows.</summary>
    private static IReadOnlyList<string> Sources(
        Dictionary<string, string[]> policy,
        string directive
    ) =>
        policy.TryGetValue(directive, out var named) ? named
        : directive.EndsWith("-src", StringComparison.Ordinal)
            ? policy.GetValueOrDefault("default-src", [])
        : [];

    private static bool Runs(IElement element) =>
        IsScriptInPlace(element) || element.Attributes.Any(IsScript);

    /// <summary>The readable API starts itself by one with a nonce; what has another type is data.</summary>
    private static bool IsScriptInPlace(IElement element) =>
        element.LocalName == "script"
        && !element.HasAttribute("src")
        && !element.HasAttribute("nonce")
        && (element.GetAttribute("type") ?? "") is "" or "module" or "text/javascript";

    private static bool IsScript(IAttr attribute) =>
        attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
        || (
            attribute.Name is "href" or "src" or "action" or "formaction"
            && attribute
                .Value.TrimStart()
                .StartsWith("javascript:", StringComparison.OrdinalIgnoreCase)
        );

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
