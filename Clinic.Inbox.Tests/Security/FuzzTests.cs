using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using CsCheck;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// FuzzedApp.Bodies without sense against every address that strangers and programs reach: no answer of 500 and more but the promised
/// 503 of a webhook without a signature, no line in the log, no memory that is not given back.
/// </summary>
public sealed partial class FuzzTests(FuzzedApp app) : IClassFixture<FuzzedApp>
{
    /// <summary>Large ones, of a megabyte: together more than the heap that the process may have.</summary>
    private const int LargeBodies = 400;

    /// <summary>Bytes that may be alive after <see cref="What_came_in_is_not_kept_in_memory"/> and were not before.</summary>
    private const double MostGrowth = 20 * 1024 * 1024;

    /// <summary>Fields of our forms, and what forms of Blazor send besides.</summary>
    private static readonly string[] Fields =
    [
        "_handler",
        Forms.TokenField,
        "Input.Email",
        "Input.Password",
        "Input.Keep",
        "Input.Demo",
        "Input.Code",
        "Input.Name",
        "Input.Number",
        "Input.Transactional",
        "Input.Seal",
        "Input.Repeated",
        "Input[0].Name",
        "Input",
        "LastName",
        "answer.q1",
        "Input.Concern",
        "Input.Current",
        "Input.Credential",
        "Key.Credential",
    ];

    private static readonly string[] Types =
    [
        "application/json",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/xml",
        "nonsense",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_the_carrier_signs_is_stored_or_put_aside()
    {
        await app.StartAsync();
        using var caller = app.Caller();
        foreach (var kind in (string[])["inbound", "status"])
        {
            await Mutations
                .Webhook(kind)
                .SampleAsync(
                    async body =>
                    {
                        var status = await app.WebhookAsync(caller, kind, body);
                        Assert.True(
                            status == HttpStatusCode.OK,
                            $"{kind} {(int)status}: {Encoding.UTF8.GetString(body)}"
                        );
                    },
                    iter: FuzzedApp.Bodies / 6,
                    threads: 2
                );
        }
        app.AssertQuiet();
    }

    [Fact]
    public async Task Whatever_strangers_send_to_an_open_address_breaks_nothing()
    {
        await app.StartAsync();
        var open = app.Routes.Where(r => r is { IsOpen: true, Method: not "HEAD" }).ToArray();
        Assert.True(open.Length > 20, "Open addresses were found.");
        var callers = app.Callers();
        var forms = Gen.OneOf<byte[]>(Mutations.Form(int.MaxValue, Fields), Mutations.Noise);

        await Gen.Select(
                Gen.OneOfConst(open),
                Gen.OneOfConst(callers),
                Gen.OneOfConst(Types),
                forms,
                Mutations.Word,
                Gen.Bool
            )
            .SampleAsync(
                async (route, caller, type, body, word, asPerson) =>
                {
                    using var request = Request(route, type, body, word);
                    request.Headers.TryAddWithoutValidation(
                        "Accept",
                        asPerson ? "text/html" : "*/*"
                    );
                    request.Headers.TryAddWithoutValidation("Cookie", Cookies(word));
                    using var answer = await caller.SendAsync(request, Cancellation);
                    AssertHarmless(route, answer.StatusCode, word, body);
                },
                iter: FuzzedApp.Bodies / 6,
                threads: 2
            );

        app.AssertQuiet();
        Array.ForEach(callers, c => c.Dispose());
    }

    [Fact]
    public async Task Whatever_a_program_sends_to_the_api_breaks_nothing()
    {
        await app.StartAsync();
        var routes = app.Routes.Where(r => r.IsApi).ToArray();
        Assert.True(routes.Length > 40, "Addresses of the API were found.");
        var scopes = ((string[])["read", "write", "manage"]).ToDictionary(
            scope => scope,
            app.WithKey,
            StringComparer.Ordinal
        );
        var requests = Gen.OneOfConst(routes)
            .SelectMany(route =>
                Gen.Frequency<byte[]>((9, Mutations.Of(BodyFor(route))), (1, Mutations.Noise))
                    .Select(body => (Route: route, Body: body))
            );

        await Gen.Select(requests, Gen.OneOfConst(Types), Gen.Int[0, 9], Mutations.Word)
            .SampleAsync(
                async (sent, type, chance, word) =>
                {
                    var (route, body) = sent;
                    // Most are what the API takes, so that they get past its door.
                    using var request = Request(
                        route,
                        chance > 1 ? "application/json" : type,
                        body,
                        chance > 5 ? null : word
                    );
                    if (chance == 9)
                    {
                        request.Headers.TryAddWithoutValidation("Idempotency-Key", InQuery(word));
                    }
                    foreach (var scope in scopes.Values)
                    {
                        using var copy = Copy(request, body);
                        using var answer = await scope.SendAsync(copy, Cancellation);
                        AssertHarmless(route, answer.StatusCode, word, body);
                        if (answer.StatusCode != HttpStatusCode.Forbidden)
                        {
                            break;
                        }
                    }
                },
                iter: FuzzedApp.Bodies / 3,
                threads: 2
            );

        app.AssertQuiet();
        foreach (var scope in scopes.Values)
        {
            scope.Dispose();
        }
    }

    [Fact]
    public async Task Whatever_address_somebody_opens_breaks_no_page()
    {
        await app.StartAsync();
        using var boss = app.Caller(Roles.Administrator);
        boss.DefaultRequestHeaders.Add("Accept", "text/html");
        var pages = app.Routes.Where(r => r is { Page: not null, Method: "GET" }).ToArray();
        Assert.True(pages.Length > 40, "Pages were found.");

        await Gen.Select(Gen.OneOfConst(pages), Mutations.Word)
            .SampleAsync(
                async (page, word) =>
                {
                    using var request = Request(page, "", [], word);
                    using var answer = await boss.SendAsync(request, Cancellation);
                    AssertHarmless(page, answer.StatusCode, word, []);
                },
                iter: FuzzedApp.Bodies / 6,
                threads: 2
            );

        app.AssertQuiet();
    }

    [Fact]
    public async Task What_is_too_large_or_forged_is_given_back()
    {
        await app.StartAsync();
        using var caller = app.Caller();
        using var program = app.WithKey("write");
        var large = new byte[1024 * 1024];
        Random.Shared.NextBytes(large);
        var forged = "Bearer " + CarrierHost.Token(large, "another secret, of somebody else");

        await Parallel.ForEachAsync(
            Enumerable.Range(0, LargeBodies),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation },
            async (i, stop) =>
            {
                using var request = new HttpRequestMessage(
                    HttpMethod.Post,
                    (i % 4) switch
                    {
                        0 or 1 => "webhooks/vonage/inbound",
                        2 => "api/v1/text/analyze",
                        _ => "account/sign-in",
                    }
                );
                request.Content = new ByteArrayContent(large);
                if (i % 4 < 2)
                {
                    request.Headers.TryAddWithoutValidation("Authorization", forged);
                }
                else
                {
                    request.Content.Headers.ContentType = new(
                        i % 4 == 2 ? "application/json" : "application/x-www-form-urlencoded"
                    );
                }
                try
                {
                    using var answer = await (i % 4 == 2 ? program : caller).SendAsync(
                        request,
                        stop
                    );
                    Assert.InRange((int)answer.StatusCode, 400, 499);
                }
                catch (HttpRequestException)
                {
                    // Turned away before it had sent everything.
                }
            }
        );

        app.AssertQuiet();
        using var after = await caller.GetAsync("health/live", Cancellation);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    /// <summary>Each of the four kinds of body comes to more than may be kept.</summary>
    [Fact]
    public async Task What_came_in_is_not_kept_in_memory()
    {
        await app.StartAsync();
        using var caller = app.Caller();
        using var program = app.WithKey("read");
        // What is made once is made.
        await SendAsync(small: 60, large: 4);
        var before = await LiveHeapAsync();

        await SendAsync(small: 700, large: 40);

        var grown = await LiveHeapAsync() - before;
        Assert.True(grown < MostGrowth, $"{grown / 1024 / 1024:0.0} MB more than before");
        app.AssertQuiet();

        async Task SendAsync(int small, int large)
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, small),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = 4,
                    CancellationToken = Cancellation,
                },
                async (_, _) =>
                {
                    var filling = Guid.NewGuid() + new string('x', 40_000);
                    var body = Encoding.UTF8.GetBytes($$"""{"nothing":"{{filling}}"}""");
                    // Signed and not to be read, forged, and by a program.
                    Assert.Equal(
                        HttpStatusCode.OK,
                        await app.WebhookAsync(caller, "inbound", body)
                    );
                    using var forged = new ByteArrayContent(body);
                    using var refused = await caller.PostAsync(
                        "webhooks/vonage/status",
                        forged,
                        Cancellation
                    );
                    Assert.True(refused.StatusCode >= HttpStatusCode.BadRequest);
                    await AnalyzeAsync(program, filling);
                }
            );
            for (var i = 0; i < large; i++)
            {
                var body = Encoding.UTF8.GetBytes(
                    $$"""
                    {"channel":"sms","message_type":"text","message_uuid":"{{Guid.NewGuid()}}","to":"{{InboxApp.Line}}",
                    "from":"{{RealApp.ClientPhone}}","timestamp":"{{DateTime.UtcNow:O}}","text":"Is Bella ready?",
                    "filling":"{{new string('x', 900_000)}}"}
                    """
                );
                Assert.Equal(HttpStatusCode.OK, await app.WebhookAsync(caller, "inbound", body));
            }
        }
    }

    private static async Task AnalyzeAsync(HttpClient program, string text)
    {
        using var json = new StringContent(
            $$"""{"text":"{{text}}"}""",
            Encoding.UTF8,
            "application/json"
        );
        using var answer = await program.PostAsync("api/v1/text/analyze", json, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Bytes that are in use on the heap of the process, right after all of it was collected.</summary>
    private async Task<double> LiveHeapAsync()
    {
        // Twice: what has a finalizer goes with the second.
        for (var i = 0; i < 2; i++)
        {
            var before = Collections(await MetricsAsync());
            await app.CollectAsync();
            await Eventually.IsTrueAsync(
                async () => Collections(await MetricsAsync()) > before,
                "the whole heap is collected"
            );
        }
        var metrics = await MetricsAsync();
        return Of(metrics, "dotnet_gc_last_collection_heap_size_bytes")
            - Of(metrics, "dotnet_gc_last_collection_heap_fragmentation_size_bytes");

        static double Collections(string metrics) =>
            Of(metrics, "dotnet_gc_collections_total", "gen2");
    }

    private async Task<string> MetricsAsync()
    {
        using var caller = app.Caller();
        return await caller.GetStringAsync("metrics", Cancellation);
    }

    /// <summary>What a metric of the process says, of all generations or of one.</summary>
    private static double Of(string metrics, string name, string generation = "")
    {
        var values = Metric()
            .Matches(metrics)
            .Where(line =>
                line.Groups["name"].Value == name
                && line.Groups["tags"].Value.Contains(generation, StringComparison.Ordinal)
            )
            .Select(line => double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture))
            .ToList();
        Assert.True(values.Count > 0, $"/metrics tells no {name}");
        return values.Sum();
    }

    [GeneratedRegex(
        @"^(?<name>\w+)\{(?<tags>[^}]*)\} (?<value>[0-9.eE+-]+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Metric();

    /// <summary>What the API takes, by the address that takes it; the longest that fits counts.</summary>
    private static readonly (string Address, string Body)[] Taken =
    [
        (
            "/",
            """{"text":"Hello {{ client.name }}","name":"x","id":"0190a0b0c0d070f08102030405060708"}"""
        ),
        (
            "/clients",
            """{"firstName":"Ana","lastName":"Ruiz","email":"a@b.example","phones":[{"number":"+14155550135","type":"mobile"}],"reminderPreference":"sms","balance":12.5,"notes":"x"}"""
        ),
        (
            "/clients/{id}/consents",
            """{"category":"transactional","method":"inPerson","terms":"May we?","grantedAt":"2026-11-01T09:00:00Z","by":"Rosa"}"""
        ),
        (
            "/patients",
            """{"name":"Bella","species":"Dog","clientExternalId":"PIMS-1","bornOn":"2020-02-29","deceased":false,"alerts":"bites"}"""
        ),
        ("/conversations", """{"number":"+14155550136","lineId":null,"clientId":null}"""),
        ("/conversations/{id}/messages", """{"text":"Hello {{ client.name }}"}"""),
        (
            "/conversations/{id}/assign",
            """{"clientId":"0190a0b0c0d070f08102030405060708","addNumber":true}"""
        ),
        ("/templates", """{"text":"Hello {{ client.name }}","appointmentTypeId":null}"""),
        (
            "/appointments",
            """{"typeExternalId":"T1","clientExternalId":"PIMS-1","patientExternalId":"P1","startsAt":"2026-12-01T09:00:00-06:00","endsAt":"2026-12-01T09:30:00-06:00","staff":"Dr. Osei","status":"booked","confirmByText":true}"""
        ),
        (
            "/appointment-types",
            """{"name":"Exam","minutes":30,"color":"teal","sendsConfirmation":true,"reminderOffsets":[1440,60],"preVisitOffset":120}"""
        ),
        (
            "/inventory-items",
            """{"name":"Rabies vaccine","active":true,"action":{"intervalDays":365,"leadDays":[14],"followUpDays":[7]},"patientExternalId":"P1","givenOn":"2026-11-01"}"""
        ),
        (
            "/medical-reminders",
            """{"patientExternalId":"P1","name":"Rabies","dueOn":"2027-01-15","itemExternalId":"I1","state":"due"}"""
        ),
        (
            "/settings/hours",
            """{"days":{"monday":[{"from":"08:00","to":"12:00"},{"from":"13:00","to":"24:00"}]},"closures":[{"from":"2027-12-24","to":"2027-12-26","name":"Christmas"}]}"""
        ),
        ("/settings/quiet-hours", """{"from":"21:00","to":"08:00"}"""),
        (
            "/settings/auto-response",
            """{"active":true,"text":"We are closed.","alertUserIds":["x"],"quoteText":true}"""
        ),
        ("/settings/add-ons", """{"enabled":"two-way"}"""),
    ];

    private static byte[] BodyFor(AppRoute route) =>
        Encoding.UTF8.GetBytes(
            Taken
                .Where(t =>
                    route
                        .Pattern["/api/v1".Length..]
                        .StartsWith(t.Address, StringComparison.Ordinal)
                )
                .MaxBy(t => t.Address.Length)
                .Body
        );

    private HttpRequestMessage Request(AppRoute route, string type, byte[] body, string? word)
    {
        var address = route.Address(name => word is null ? app.Known(route, name) : InPath(word));
        var query = word is null
            ? ""
            : $"?after={InQuery(word)}&q={InQuery(word)}&month={InQuery(word)}&page={InQuery(word)}&type={InQuery(word)}&returnUrl={InQuery(word)}";
        var request = new HttpRequestMessage(new HttpMethod(route.Method), address + query);
        if (route.IsUnsafe)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        return request;
    }

    /// <summary>A request is sent once; one more goes with another key.</summary>
    private static HttpRequestMessage Copy(HttpRequestMessage request, byte[] body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (var header in request.Headers)
        {
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
        if (request.Content is { } content)
        {
            copy.Content = new ByteArrayContent(body);
            foreach (var header in content.Headers)
            {
                copy.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }
        return copy;
    }

    private static void AssertHarmless(
        AppRoute route,
        HttpStatusCode status,
        string word,
        byte[] body
    )
    {
        var promised =
            status == HttpStatusCode.ServiceUnavailable
            && route.Pattern.StartsWith("/webhooks/", StringComparison.Ordinal);
        Assert.True(
            (int)status < 500 || promised,
            $"{route}: {(int)status} for '{word}' and {Encoding.UTF8.GetString(body)}"
        );
    }

    private static string InPath(string word) =>
        InQuery(word) is { Length: > 0 } escaped && escaped is not ("." or "..") ? escaped : "x";

    private static string InQuery(string word) =>
        Uri.EscapeDataString(
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(word.Length > 500 ? word[..500] : word))
        );

    /// <summary>Ours, with nothing in them that we sealed.</summary>
    private static string Cookies(string word) =>
        $"inbox={InQuery(word)}; inbox-form={InQuery(word)}; inbox-document={InQuery(word)}; theme={InQuery(word)}";
}
