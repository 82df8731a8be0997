using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// The carrier's API as far as sending goes: remembers every request and answers as told, per phone. What nobody told it
/// about is accepted.
/// </summary>
internal sealed class FakeCarrier : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Answer>> _answers = new(
        StringComparer.Ordinal
    );
    private readonly ConcurrentQueue<CarriedText> _texts = new();
    private WebApplication? _app;

    private FakeCarrier() { }

    /// <summary>For the setting <c>Vonage:BaseUrl</c>.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Every request, in the order they came.</summary>
    public IReadOnlyList<CarriedText> Texts => [.. _texts];

    /// <summary>How a text is answered when its phone has no answer waiting.</summary>
    public Answer Otherwise { get; set; } = Answers.Accept;

    public static async Task<FakeCarrier> StartAsync()
    {
        var carrier = new FakeCarrier();
        // It may vanish and return: meanwhile nobody else gets its port.
        await carrier.ListenAsync($"http://127.0.0.1:{AppProcess.FreePort()}");
        return carrier;
    }

    /// <summary>The texts that went to one phone.</summary>
    public IReadOnlyList<CarriedText> To(string number) =>
        [.. _texts.Where(t => t.To == number.TrimStart('+'))];

    /// <summary>How the next texts to that phone are answered, one after the other.</summary>
    public void Next(string number, params Answer[] answers)
    {
        var waiting = _answers.GetOrAdd(number.TrimStart('+'), _ => new());
        foreach (var answer in answers)
        {
            waiting.Enqueue(answer);
        }
    }

    /// <summary>Nobody listens on its port any more.</summary>
    public async Task VanishAsync()
    {
        await _app!.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>It listens again where it did.</summary>
    public Task ReturnAsync() => ListenAsync(Address);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await VanishAsync();
        }
    }

    private async Task ListenAsync(string address)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        Address = _app.Urls.First();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(
            context.Request.Body,
            cancellationToken: context.RequestAborted
        );
        var text = CarriedText.Read(body.RootElement);
        var answer =
            _answers.TryGetValue(text.To, out var waiting) && waiting.TryDequeue(out var next)
                ? next
                : Otherwise;
        // Seen by the test only now: what it tells of the next answer is for the next text.
        _texts.Enqueue(text);
        await answer(context, text);
    }
}

/// <summary>One request of ours as the carrier saw it.</summary>
/// <param name="Uuid">The id it gets if it is accepted.</param>
/// <param name="At">When it came, for measuring between two.</param>
/// <param name="Image">Address of its only picture; null for any other text.</param>
internal sealed record CarriedText(
    string ClientRef,
    string From,
    string To,
    string Text,
    string Uuid,
    long At,
    string? Image = null
)
{
    public static CarriedText Read(JsonElement body) =>
        new(
            body.GetProperty("client_ref").GetString()!,
            body.GetProperty("from").GetString()!,
            body.GetProperty("to").GetString()!,
            body.TryGetProperty("text", out var text) ? text.GetString()!
                : body.TryGetProperty("image", out var captioned)
                && captioned.TryGetProperty("caption", out var caption)
                    ? caption.GetString()!
                : "",
            Guid.NewGuid().ToString(),
            Stopwatch.GetTimestamp(),
            body.TryGetProperty("image", out var image)
                ? image.GetProperty("url").GetString()
                : null
        );
}

internal delegate Task Answer(HttpContext context, CarriedText text);

/// <summary>What the carrier can say, and the ways in which it can fail to.</summary>
internal static class Answers
{
    public static Answer Accept { get; } =
        (context, text) => WriteAsync(context, 202, new { message_uuid = text.Uuid });

    /// <summary>Took the text and hung up without a word.</summary>
    public static Answer Drop { get; } =
        (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

    /// <summary>A 202 of which only the beginning arrives.</summary>
    public static Answer Half { get; } =
        async (context, _) =>
        {
            context.Response.StatusCode = 202;
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("{\"mess");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

    /// <summary>No answer until the caller gives up.</summary>
    public static Answer Silence { get; } =
        async (context, _) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // The caller has given up.
            }
        };

    public static Answer Throttle(int? seconds = null) =>
        (context, _) =>
        {
            if (seconds is { } wait)
            {
                context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            }
            return WriteAsync(context, 429, new { title = "1000", detail = "Throttled" });
        };

    /// <summary>A problem document of Vonage's.</summary>
    public static Answer Problem(int status, string title, string detail = "") =>
        (context, _) =>
            WriteAsync(
                context,
                status,
                new
                {
                    type = "https://developer.vonage.com/api-errors/messages#" + title,
                    title,
                    detail,
                    instance = "bf0ca0bf927b3b52e3cb03217e1a1ddf",
                }
            );

    /// <summary>As <paramref name="then"/>, but only when <paramref name="until"/> is done.</summary>
    public static Answer Held(Task until, Answer? then = null) =>
        async (context, text) =>
        {
            await until.WaitAsync(TimeSpan.FromSeconds(60), context.RequestAborted);
            await (then ?? Accept)(context, text);
        };

    private static Task WriteAsync(HttpContext context, int status, object body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body);
    }
}
