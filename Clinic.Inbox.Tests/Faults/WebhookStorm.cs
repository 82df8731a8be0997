using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>A carrier with texts to bring, several at once: each again until it is answered 200, and then never again.</summary>
internal sealed class WebhookStorm : IDisposable
{
    private const int AtOnce = 16;
    private const int Phones = 40;

    private readonly ConcurrentQueue<Sent> _waiting;
    private readonly ConcurrentDictionary<string, bool> _taken = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<HttpStatusCode> _refused = new();

    // Vonage waits 15 s for an answer.
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };

    /// <param name="series">Storms of other series have other phones.</param>
    public WebhookStorm(int texts, PhoneNumber line, int series = 0)
    {
        Texts =
        [
            .. Enumerable
                .Range(0, texts)
                .Select(i => new Sent(
                    Guid.NewGuid().ToString(),
                    (14_155_560_000 + (100 * series) + (i % Phones)).ToString(
                        CultureInfo.InvariantCulture
                    ),
                    line.Digits,
                    $"Text {i} of the storm"
                )),
        ];
        _waiting = new ConcurrentQueue<Sent>(Texts);
    }

    public IReadOnlyList<Sent> Texts { get; }

    /// <summary>How many were answered 200.</summary>
    public int Taken => _taken.Count;

    /// <summary>What else was answered.</summary>
    public IReadOnlyCollection<HttpStatusCode> Refused => _refused;

    /// <summary>Ends when each was answered 200.</summary>
    public Task PourAsync(Uri address, CancellationToken cancellation) =>
        Task.WhenAll(
            Enumerable
                .Range(0, AtOnce)
                .Select(_ => Task.Run(() => BringAsync(address, cancellation), cancellation))
        );

    /// <summary>Each is there once, in the conversation of its phone, and unread.</summary>
    public async Task AssertThereOnceAsync(InboxDb db, CancellationToken cancellation)
    {
        var mine = Texts.Select(t => t.Uuid).ToHashSet(StringComparer.Ordinal);
        var stored = await db
            .Messages.AsNoTracking()
            .Where(m => m.Direction == MessageDirection.Inbound)
            .Select(m => new { m.CarrierId, m.Text })
            .ToListAsync(cancellation);
        var found = stored.Where(m => mine.Contains(m.CarrierId!)).ToList();
        Assert.Empty(mine.Except(found.Select(m => m.CarrierId!)));
        Assert.Equal(Texts.Count, found.Count);
        Assert.Equal(
            Texts.Select(t => (t.Uuid, t.Text)).Order(),
            found.Select(m => (m.CarrierId!, m.Text)).Order()
        );
        var unread = await db
            .Conversations.AsNoTracking()
            .ToDictionaryAsync(c => c.Number.Digits, c => c.Unread, cancellation);
        Assert.All(
            Texts.GroupBy(t => t.From),
            texts => Assert.Equal(texts.Count(), unread[texts.Key])
        );
    }

    public void Dispose() => _http.Dispose();

    private async Task BringAsync(Uri address, CancellationToken cancellation)
    {
        while (_taken.Count < Texts.Count)
        {
            if (!_waiting.TryDequeue(out var text))
            {
                // Others have the last ones; one of them may come back.
                await Task.Delay(10, cancellation);
                continue;
            }
            if (await AnswerAsync(address, text, cancellation) is HttpStatusCode.OK)
            {
                _taken[text.Uuid] = true;
                continue;
            }
            _waiting.Enqueue(text);
            await Task.Delay(20, cancellation);
        }
    }

    private async Task<HttpStatusCode?> AnswerAsync(
        Uri address,
        Sent text,
        CancellationToken cancellation
    )
    {
        try
        {
            var status = await PostAsync(
                _http,
                address,
                "inbound",
                new
                {
                    channel = "sms",
                    message_uuid = text.Uuid,
                    to = text.To,
                    from = text.From,
                    timestamp = DateTimeOffset.UtcNow.ToString("O"),
                    message_type = "text",
                    text = text.Text,
                },
                cancellation
            );
            if (status is not HttpStatusCode.OK)
            {
                _refused.Enqueue(status);
            }
            return status;
        }
        catch (Exception failure)
            when (!cancellation.IsCancellationRequested
                && failure is HttpRequestException or IOException or OperationCanceledException
            )
        {
            // Nobody there, or it died while it answered.
            return null;
        }
    }

    /// <summary>One webhook, signed.</summary>
    /// <param name="kind">inbound or status.</param>
    public static async Task<HttpStatusCode> PostAsync(
        HttpClient http,
        Uri address,
        string kind,
        object json,
        CancellationToken cancellation
    )
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(json);
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(address, "webhooks/vonage/" + kind)
        );
        request.Content = new ByteArrayContent(body);
        request.Headers.Authorization = new("Bearer", CarrierHost.Token(body));
        using var answer = await http.SendAsync(request, cancellation);
        return answer.StatusCode;
    }

    /// <summary>A picture message to the line, of which the carrier keeps the file at <paramref name="url"/>.</summary>
    public static object Picture(Scene phone, string uuid, string url) =>
        new
        {
            channel = "mms",
            message_uuid = uuid,
            to = phone.Line.Number.Digits,
            from = phone.Number.Digits,
            timestamp = DateTimeOffset.UtcNow.ToString("O"),
            message_type = "image",
            image = new
            {
                url,
                name = "paw.jpg",
                caption = "His paw",
            },
        };

    internal sealed record Sent(string Uuid, string From, string To, string Text);
}
