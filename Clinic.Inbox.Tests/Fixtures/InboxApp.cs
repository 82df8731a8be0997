using System.Text;
using System.Text.Json;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Carrier;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// The real product on a free loopback port with a database of its own: Kestrel, SQLite (or PostgreSQL), the simulator, the
/// demo clock. Nothing is replaced. An empty clinic with one two-way line, unless the demo clinic is asked for.
/// </summary>
internal sealed class InboxApp : IAsyncDisposable
{
    /// <summary>The line of a clinic that is not the demo's.</summary>
    public const string Line = "13125550100";

    private readonly System.Collections.Concurrent.ConcurrentBag<Func<Task>> _ends = [];
    private readonly DirectoryInfo _folder;
    private readonly WebApplication _app;
    private readonly RateLimitTimers _timers;

    private InboxApp(DirectoryInfo folder, WebApplication app, RateLimitTimers timers)
    {
        _folder = folder;
        _app = app;
        _timers = timers;
        Address = new Uri(app.Urls.First() + "/");
        Http = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    /// <summary>No cookies are kept and redirects are followed.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Everything this app keeps on the disk.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Where the emails lie that this app sent.</summary>
    public string Mail => Path.Combine(Folder, "mail");

    public DemoClock Clock => Get<DemoClock>();

    /// <param name="demo">Whether the demo clinic is there; else the database is empty but for one line.</param>
    /// <param name="adjust">See <see cref="Program.BuildAsync"/>.</param>
    /// <param name="settings">Beside or instead of the defaults.</param>
    public static async Task<InboxApp> StartAsync(
        bool demo = false,
        Action<WebApplicationBuilder>? adjust = null,
        params (string Key, string Value)[] settings
    )
    {
        var folder = Directory.CreateTempSubdirectory("inbox-test");
        var database = Path.Combine(folder.FullName, "inbox.db");
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["environment"] = "Development",
            ["urls"] = "http://127.0.0.1:0",
            ["ConnectionStrings:Inbox"] = $"Data Source={database}",
            ["Storage:Path"] = Path.Combine(folder.FullName, "attachments"),
            ["Email:Folder"] = Path.Combine(folder.FullName, "mail"),
            ["Demo:Enabled"] = demo ? "true" : "false",
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        };
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }
        if (values["ConnectionStrings:Inbox"] == $"Data Source={database}")
        {
            await EmptyDatabase.CopyToAsync(database);
        }
        var timers = new RateLimitTimers();
        var app = await Program.BuildAsync(
            [.. values.Select(setting => $"--{setting.Key}={setting.Value}")],
            builder =>
            {
                builder.Services.AddSingleton<IStartupFilter>(timers);
                adjust?.Invoke(builder);
            }
        );
        if (!demo)
        {
            await AddLineAsync(app.Services);
        }
        await app.StartAsync();
        return new InboxApp(folder, app, timers);
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>
    /// Until the screens were told of the webhooks that are answered. On SQLite they were before; on PostgreSQL they are right
    /// after the answer, and whoever joins them waits for that.
    /// </summary>
    public Task UntilToldAsync() =>
        Get<DatabaseSettings>().IsSqlite
            ? Task.CompletedTask
            : Get<InboxWriter>().TellOfOthersAsync([], default);

    /// <summary>A context for one look or one arrangement.</summary>
    public InboxDb Db() => Get<IDbContextFactory<InboxDb>>().CreateDbContext();

    /// <summary>A text from a phone to the line, as Vonage's webhook brings it, signed.</summary>
    /// <param name="from">E.164 digits without <c>+</c>.</param>
    /// <param name="uuid">The carrier's id; a new one when null.</param>
    /// <param name="to">The line; <see cref="Line"/> when null.</param>
    /// <param name="at">The carrier's timestamp; now when null.</param>
    public Task<HttpResponseMessage> ReceiveAsync(
        string from,
        string text,
        string? uuid = null,
        string? to = null,
        DateTimeOffset? at = null
    ) =>
        PostWebhookAsync(
            "inbound",
            JsonSerializer.Serialize(
                new
                {
                    channel = "sms",
                    message_uuid = uuid ?? Guid.NewGuid().ToString(),
                    to = to ?? Line,
                    from,
                    timestamp = (at ?? Get<TimeProvider>().GetUtcNow()).ToString("O"),
                    message_type = "text",
                    text,
                }
            )
        );

    /// <summary>A signed webhook; <paramref name="kind"/> is inbound or status.</summary>
    public async Task<HttpResponseMessage> PostWebhookAsync(string kind, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var secret = Get<IOptionsMonitor<VonageOptions>>().CurrentValue.SignatureSecret!;
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(Address, "webhooks/vonage/" + kind)
        );
        request.Content = new ByteArrayContent(body);
        request.Headers.Authorization = new("Bearer", CarrierHost.Token(body, secret));
        return await Http.SendAsync(request);
    }

    /// <summary>What looks at this app and ends with it: a browser whose app is gone would knock for ever.</summary>
    internal void EndsWithIt(Func<Task> end) => _ends.Add(end);

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _ends)
        {
            await end();
        }
        Http.Dispose();
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10)))
        {
            await _app.StopAsync(patience.Token);
        }
        await _app.DisposeAsync();
        _timers.Dispose();
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private static async Task AddLineAsync(IServiceProvider services)
    {
        await using var db = services
            .GetRequiredService<IDbContextFactory<InboxDb>>()
            .CreateDbContext();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (await db.Lines.AnyAsync())
        {
            // Started again on a database that it had before.
            return;
        }
        PhoneNumber.TryFromCarrier(Line, out var number);
        db.Lines.Add(new Line(Id<Line>.New(now), number, LineType.LongCode, AddOn.TwoWay, now));
        try
        {
            await db.SaveChangesAsync();
        }
        catch (DbUpdateException)
        {
            // Another node on this database that starts at the same moment was first.
            Assert.True(await db.Lines.AnyAsync());
        }
    }
}
