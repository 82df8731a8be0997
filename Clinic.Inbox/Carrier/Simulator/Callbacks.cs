namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>
/// Calls webhooks as Vonage does: signed, 15 s for an answer, and after 429, 5xx or none again after 5 s, doubling to
/// 15 min, for 24 h of the demo clock; any other answer ends it. Receipts sent again overtake each other.
/// </summary>
public sealed partial class Callbacks(
    IHttpClientFactory clients,
    WebhookSigner signer,
    SimulatorWork work,
    Silence silence,
    TimeProvider clock,
    ILogger<Callbacks> log
)
{
    /// <summary>The name of the client that callbacks and downloads go by.</summary>
    public const string Client = "simulator";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <summary>The answer to the first attempt, null for none. The others follow by themselves.</summary>
    /// <param name="answered">Told what came of each attempt.</param>
    public async Task<int?> SendAsync(
        Uri url,
        byte[] body,
        Action<int?> answered,
        CancellationToken cancellation
    )
    {
        var silent = silence.Lasts;
        var status = silent ? null : await AttemptAsync(url, body, cancellation);
        answered(status);
        if (
            WantsAnother(status)
            && !work.TryStart(stopping =>
                SendAgainAsync(url, body, answered, atOnce: silent, stopping)
            )
        )
        {
            LogGaveUp(url.AbsolutePath);
        }
        return status;
    }

    /// <summary>Whether Vonage comes again after that answer.</summary>
    public static bool WantsAnother(int? status) => status is null or 429 or >= 500;

    private async Task SendAgainAsync(
        Uri url,
        byte[] body,
        Action<int?> answered,
        bool atOnce,
        CancellationToken cancellation
    )
    {
        await silence.OverAsync(cancellation);
        var started = clock.GetTimestamp();
        var pause = FirstPause;
        while (clock.GetElapsedTime(started) < Patience)
        {
            if (!atOnce)
            {
                await Task.Delay(pause, clock, cancellation);
                await silence.OverAsync(cancellation);
            }
            atOnce = false;
            var status = await AttemptAsync(url, body, cancellation);
            answered(status);
            if (!WantsAnother(status))
            {
                return;
            }
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        LogGaveUp(url.AbsolutePath);
    }

    private async Task<int?> AttemptAsync(Uri url, byte[] body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Headers.Authorization = new("Bearer", signer.Sign(body));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new("application/json");
        try
        {
            using var client = clients.CreateClient(Client);
            using var response = await client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                cancellation
            );
            return (int)response.StatusCode;
        }
        catch (Exception e)
            when (!cancellation.IsCancellationRequested
                && e is HttpRequestException or IOException or OperationCanceledException
            )
        {
            return null;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The simulated carrier gave up calling {Path}: no answer that ends it"
    )]
    private partial void LogGaveUp(string path);
}
