using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Clinic.Inbox.Carrier;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Clinic.Inbox.Tests.Carrier;

/// <summary>The adapter alone behind a real server, with ports that remember what they were handed.</summary>
internal sealed class CarrierHost : IAsyncDisposable
{
    public const string Secret = "a signature secret for tests, long enough";

    private readonly WebApplication _app;

    private CarrierHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(
            app.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.First()
        );
        Http = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public RecordingPorts Ports => _app.Services.GetRequiredService<RecordingPorts>();

    public RecordingLog Log => _app.Services.GetRequiredService<RecordingLog>();

    public IServiceProvider Services => _app.Services;

    public static async Task<CarrierHost> StartAsync(
        string environment = "Production",
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null,
        params (string Key, string? Value)[] settings
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { EnvironmentName = environment }
        );
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Vonage:SignatureSecret"] = Secret,
        };
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }
        builder.Configuration.AddInMemoryCollection(values);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var log = new RecordingLog();
        builder.Services.AddSingleton(log);
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton<RecordingPorts>();
        builder.Services.AddSingleton<IReceivedPort>(p => p.GetRequiredService<RecordingPorts>());
        builder.Services.AddSingleton<IReceiptPort>(p => p.GetRequiredService<RecordingPorts>());
        builder.Services.AddVonage(builder.Configuration, builder.Environment);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapVonageWebhooks();
        map?.Invoke(app);
        await app.StartAsync();
        return new CarrierHost(app);
    }

    public static string Token(
        byte[] body,
        string secret = Secret,
        DateTime? issuedAt = null,
        string? hash = null,
        bool withHash = true
    )
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = "Vonage",
            ["jti"] = Guid.NewGuid().ToString(),
            ["api_key"] = "abcd1234",
        };
        if (withHash)
        {
            claims["payload_hash"] = hash ?? Convert.ToHexStringLower(SHA256.HashData(body));
        }
        var key = Encoding.UTF8.GetBytes(secret);
        if (key.Length < 32)
        {
            Array.Resize(ref key, 32);
        }
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Claims = claims,
                IssuedAt = issuedAt ?? DateTime.UtcNow,
                SigningCredentials = new SigningCredentials(
                    new SymmetricSecurityKey(key),
                    SecurityAlgorithms.HmacSha256
                ),
            }
        );
    }

    public Task<HttpResponseMessage> PostAsync(string kind, string body) =>
        PostAsync(kind, Encoding.UTF8.GetBytes(body));

    public Task<HttpResponseMessage> PostAsync(string kind, byte[] body) =>
        PostAsync(kind, body, "Bearer " + Token(body));

    public async Task<HttpResponseMessage> PostAsync(
        string kind,
        byte[] body,
        string? authorization,
        bool chunked = false
    )
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(Address, "webhooks/vonage/" + kind)
        );
        request.Content = new ByteArrayContent(body);
        request.Headers.TransferEncodingChunked = chunked;
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}

internal sealed class RecordingPorts : IReceivedPort, IReceiptPort
{
    public ConcurrentQueue<ReceivedText> Received { get; } = new();

    public ConcurrentQueue<QuarantinedBody> Quarantined { get; } = new();

    public ConcurrentQueue<Receipt> Receipts { get; } = new();

    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public int Calls => Received.Count + Quarantined.Count + Receipts.Count;

    public async Task<ReceiveOutcome> ReceiveAsync(
        ReceivedText text,
        CancellationToken cancellation
    )
    {
        await Before();
        Received.Enqueue(text);
        return ReceiveOutcome.Stored;
    }

    public async Task QuarantineAsync(QuarantinedBody body, CancellationToken cancellation)
    {
        await Before();
        Quarantined.Enqueue(body);
    }

    public async Task ApplyAsync(Receipt receipt, CancellationToken cancellation)
    {
        await Before();
        Receipts.Enqueue(receipt);
    }
}

internal sealed class RecordingLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Lines.Enqueue((logLevel, formatter(state, exception) + exception));

    public void Dispose() { }
}

/// <summary>The bodies in Vectors/vonage.</summary>
internal static class Vector
{
    public static byte[] Bytes(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "vonage", name));

    public static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));
}
