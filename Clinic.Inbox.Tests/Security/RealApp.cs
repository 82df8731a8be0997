using System.Net;
using System.Security.Cryptography;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Documents;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Security;
using Microsoft.EntityFrameworkCore;

[assembly: AssemblyFixture(typeof(RealApp))]

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// The app as a clinic runs it, in Production and in a process of its own, with people, keys, a client and a conversation.
/// Its clinic is arranged by the same app in this process, on the same database, which then ends. Started by the first test
/// that asks; its tests only attack it.
/// </summary>
public class RealApp : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("inbox-real");
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly Dictionary<string, Cookie> _cookies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    /// <summary>Addresses of pages that show their form to whoever has the link, by their pattern.</summary>
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private FakeCarrier? _carrier;
    private AppProcess? _process;
    private int _addresses;

    internal const string ClientPhone = "14155550134";

    /// <summary>What webhooks are signed with.</summary>
    internal string Secret { get; } = Guid.NewGuid().ToString("N");

    internal Uri Address => _process!.Address;

    /// <summary>What it logged, at the level Error: nothing, if all is well.</summary>
    internal IReadOnlyCollection<string> Said => _process!.Said;

    internal bool HasEnded => _process!.HasEnded;

    internal IReadOnlyList<AppRoute> Routes { get; private set; } = [];

    internal string ClientId { get; private set; } = "";

    internal string ConversationId { get; private set; } = "";

    /// <summary>Of a private link to a form that nobody has opened.</summary>
    internal string DocumentToken { get; private set; } = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal async Task StartAsync()
    {
        await _starting.WaitAsync(Cancellation);
        try
        {
            if (_process is not null)
            {
                return;
            }
            _carrier = await FakeCarrier.StartAsync();
            var settings = Settings();
            await ArrangeAsync(settings);
            // A heap that an app which keeps what comes in would soon outgrow, and that is collected while it waits: so it can
            // be told what is in use.
            _process = AppProcess.Start(
                settings,
                ("DOTNET_GCHeapHardLimit", "0x14000000"),
                ("DOTNET_gcServer", "0"),
                ("DOTNET_gcConcurrent", "0")
            );
            await _process.UntilReadyAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Has the process collect its whole heap.</summary>
    internal Task CollectAsync() => _process!.CollectAsync(Cancellation);

    /// <summary>
    /// A caller with an address of their own: the app believes the loopback, as it believes its proxy, who came. Keeps no
    /// cookies, follows no redirects.
    /// </summary>
    /// <param name="role">Whose session it shows; null: nobody's.</param>
    internal HttpClient Caller(string? role = null)
    {
        var caller = new HttpClient(
            new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }
        )
        {
            BaseAddress = Address,
        };
        caller.DefaultRequestHeaders.Add("X-Forwarded-For", NewAddress());
        if (role is not null)
        {
            caller.DefaultRequestHeaders.Add("Cookie", CookieOf(role));
        }
        return caller;
    }

    /// <summary>A program that shows a key of that scope.</summary>
    internal HttpClient WithKey(string scope)
    {
        var caller = Caller();
        caller.DefaultRequestHeaders.Authorization = new("Bearer", _keys[scope]);
        return caller;
    }

    internal string CookieOf(string role) => $"{_cookies[role].Name}={_cookies[role].Value}";

    /// <summary>One that nobody else has: TEST-NET, and what was set aside for benchmarks.</summary>
    internal string NewAddress()
    {
        var n = Interlocked.Increment(ref _addresses);
        return $"198.{18 + (n / 65_536 % 2)}.{n / 256 % 256}.{n % 256}";
    }

    /// <summary>A webhook, signed as the carrier does.</summary>
    internal async Task<HttpStatusCode> WebhookAsync(HttpClient caller, string kind, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "webhooks/vonage/" + kind);
        request.Content = new ByteArrayContent(body);
        request.Headers.Authorization = new("Bearer", CarrierHost.Token(body, Secret));
        using var answer = await caller.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    /// <summary>What an address of the app may be filled with: something that is there, where there is something.</summary>
    internal string Known(AppRoute route, string parameter) =>
        parameter switch
        {
            "Status" => "404",
            "month" or "Month" => "2026-10",
            "documentName" => "v1",
            "Date" => "2026-11-30",
            "Tab" => "consent",
            "View" => "week",
            "kind" or "KindName" => "appointmentReminder",
            "name" => "image.jpg",
            "Address" => ConversationId,
            "externalId" => ExternalOf(route),
            "id" or "Id" => route.Pattern.Contains("/conversations/", StringComparison.Ordinal)
                ? ConversationId
            : route.Pattern.Contains("/clients/", StringComparison.Ordinal) ? ClientId
            : "0190a0b0c0d070f08102030405060708",
            _ => "nothing",
        };

    /// <summary>An address of the route at which a page shows its form: with somebody's link, where one is needed.</summary>
    internal string FormAddress(AppRoute route) =>
        _links.GetValueOrDefault(route.Pattern) ?? route.Address(name => Known(route, name));

    /// <summary>The practice system's ids, as they were arranged.</summary>
    private static string ExternalOf(AppRoute route) =>
        route.Pattern.Split('/')[3] switch
        {
            "clients" => "PIMS-1",
            "patients" => "P1",
            "appointment-types" => "T1",
            "inventory-items" => "I1",
            _ => "X1",
        };

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _process?.Dispose();
        if (_carrier is not null)
        {
            await _carrier.DisposeAsync();
        }
        _starting.Dispose();
        _folder.Delete(recursive: true);
    }

    private (string Key, string Value)[] Settings()
    {
        using var key = RSA.Create(2048);
        return
        [
            ("environment", "Production"),
            (
                "ConnectionStrings:Inbox",
                $"Data Source={Path.Combine(_folder.FullName, "inbox.db")}"
            ),
            ("Storage:Path", Path.Combine(_folder.FullName, "attachments")),
            ("Vonage:BaseUrl", _carrier!.Address),
            ("Vonage:ApplicationId", Guid.NewGuid().ToString()),
            ("Vonage:PrivateKey", key.ExportPkcs8PrivateKeyPem()),
            ("Vonage:SignatureSecret", Secret),
            ("Api:RequestsPerMinute", "1000000"),
            ("Logging:LogLevel:Default", "Error"),
            ("Logging:LogLevel:Microsoft", "Error"),
            ("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Error"),
            ("Logging:LogLevel:Quartz", "Error"),
        ];
    }

    private async Task ArrangeAsync((string Key, string Value)[] settings)
    {
        await using var app = await InboxApp.StartAsync(settings: settings);
        Routes = AppRoute.Of(app);
        foreach (var role in Roles.All)
        {
            using var user = await app.UserAsync(role);
            _cookies[role] = user.Cookie;
            if (role == Roles.Administrator)
            {
                await InviteAsync(app, user);
            }
        }
        foreach (var scope in (string[])["read", "write", "manage"])
        {
            using var program = await app.ApiClientAsync(scope);
            _keys[scope] = program.Key;
        }
        using var writer = app.ApiClient(_keys["write"]);
        var client = await writer.PostAsync(
            "clients",
            new
            {
                firstName = "Ana",
                lastName = "Ruiz",
                phones = new[] { new { number = "+" + ClientPhone, type = "mobile" } },
            },
            201
        );
        ClientId = client.GetProperty("id").GetString()!;
        await UpsertAsync("clients/external/PIMS-1", new { firstName = "Ben", lastName = "Stone" });
        await UpsertAsync(
            "patients/external/P1",
            new
            {
                clientExternalId = "PIMS-1",
                name = "Max",
                species = "Dog",
            }
        );
        await UpsertAsync("appointment-types/external/T1", new { name = "Exam", minutes = 30 });
        await UpsertAsync("inventory-items/external/I1", new { name = "Rabies vaccine" });
        using var received = await app.ReceiveAsync(ClientPhone, "Is Bella ready?");
        received.EnsureSuccessStatusCode();
        var open = await writer.PostAsync("conversations", new { number = "+" + ClientPhone });
        ConversationId = open.GetProperty("id").GetString()!;
        await writer.PostAsync(
            $"clients/{ClientId}/consents",
            new
            {
                category = "transactional",
                method = "inPerson",
                terms = "May we text you?",
                by = "Rosa Diaz",
            },
            201
        );
        await ShareAsync(app);

        Task UpsertAsync(string path, object body) =>
            writer.SendAsync(HttpMethod.Put, path, body, 201);
    }

    /// <summary>Somebody who has not chosen a password yet.</summary>
    private async Task InviteAsync(InboxApp app, DeskUser boss)
    {
        var link = await app.Get<UserBook>()
            .AddAsync(
                "Kim Berg",
                "kim.berg@clinic.test",
                Roles.FrontDesk,
                new Actor(boss.User.Id, boss.User.DisplayName),
                Cancellation
            );
        _links["/account/password"] = Assert.IsType<UserLink.Made>(link).Path.TrimStart('/');
    }

    /// <summary>Private links: to a form of the clinic's own, and to one before a visit.</summary>
    private async Task ShareAsync(InboxApp app)
    {
        var client = Id<Client>.Parse(ClientId);
        var form = await app.FormAsync();
        (_, DocumentToken) = await app.SentAsync(
            new DocumentDraft(client, new DocumentContent.Form(form.Id))
        );
        _links["/d/{Token}"] = "d/" + DocumentToken;

        await using var db = app.Db();
        var type = await db.AppointmentTypes.SingleAsync(t => t.ExternalId == "T1", Cancellation);
        var now = app.Get<TimeProvider>().GetUtcNow();
        var start = now.AddDays(3);
        var booked = Assert.IsType<BookResult.Done>(
            await app.Get<AppointmentBook>()
                .BookAsync(
                    new AppointmentDraft(
                        type.Id,
                        client,
                        PatientId: null,
                        start.AddTicks(-(start.Ticks % TimeSpan.TicksPerMinute))
                    ),
                    Scene.Receptionist,
                    Cancellation
                )
        );
        var visit = new PreVisitForm(Id<PreVisitForm>.New(now), booked.Appointment.Id, now);
        db.PreVisitForms.Add(visit);
        await db.SaveChangesAsync(Cancellation);
        _links["/v/{Token}"] = "v/" + visit.Token;
    }
}
