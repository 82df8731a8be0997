using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly.Timeout;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// Sends by Vonage's Messages API v1. There is no retry anywhere on this way, neither here nor in the handler: the API
/// has no idempotency key, so a second request may be a second text on a client's phone. Whoever calls decides.
/// </summary>
internal sealed class VonageCarrier(
    HttpClient http,
    ApplicationToken token,
    PublicAddress address,
    IOptionsMonitor<VonageOptions> options,
    CarrierMetrics metrics,
    TimeProvider clock
) : ICarrier
{
    /// <summary>An answer is a few hundred bytes; more than this is no answer of Vonage's.</summary>
    private const int LargestAnswer = 64 * 1024;

    private static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(5);

    public async Task<SendOutcome> SendAsync(OutgoingText text, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var started = Stopwatch.GetTimestamp();
        var outcome = await AttemptAsync(text, cancellation);
        metrics.Sent(outcome, Stopwatch.GetElapsedTime(started));
        return outcome;
    }

    private async Task<SendOutcome> AttemptAsync(OutgoingText text, CancellationToken cancellation)
    {
        using var body = new VonageRequest(text, address.At("webhooks/vonage/status"));
        using var request = new HttpRequestMessage(HttpMethod.Post, MessagesAddress())
        {
            Content = body,
        };
        try
        {
            request.Headers.Authorization = new("Bearer", token.Current());
        }
        catch (InvalidOperationException e)
        {
            // The private key can't be read; its message names the setting.
            return new SendOutcome.NotReached(e.Message);
        }
        try
        {
            using var response = await http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                cancellation
            );
            return await ReadAsync(response, cancellation);
        }
        catch (Exception e)
            when (e
                    is HttpRequestException
                        or OperationCanceledException
                        or IOException
                        or TimeoutRejectedException
            )
        {
            return WithoutAnswer(body, e, cancellation);
        }
    }

    /// <summary>
    /// Nobody answered. Vonage can't act on a request whose body it has not, so before the first byte of that it was
    /// surely not sent; after it nobody knows, a pooled connection that had died unnoticed included.
    /// </summary>
    private static SendOutcome WithoutAnswer(
        VonageRequest body,
        Exception e,
        CancellationToken cancellation
    )
    {
        if (body.MayHaveLeft)
        {
            return new SendOutcome.Unconfirmed(Reason(e));
        }
        cancellation.ThrowIfCancellationRequested();
        return new SendOutcome.NotReached(Reason(e));
    }

    private async Task<SendOutcome> ReadAsync(
        HttpResponseMessage response,
        CancellationToken cancellation
    )
    {
        var status = (int)response.StatusCode;
        if (status == 429)
        {
            return new SendOutcome.Throttled(RetryAfter(response));
        }
        if (status is < 200 or >= 500 or (>= 300 and < 400))
        {
            return new SendOutcome.Unconfirmed($"The carrier answered {status}.");
        }
        var answer = await ReadAnswerAsync(response, cancellation);
        if (status < 300)
        {
            return MessageUuid(answer) is { } uuid
                ? new SendOutcome.Accepted(uuid)
                : new SendOutcome.Unconfirmed(
                    $"The carrier answered {status} without a message id."
                );
        }
        if (response.StatusCode is HttpStatusCode.Unauthorized)
        {
            token.Forget();
        }
        var problem = Problem(answer, response.StatusCode);
        return response.StatusCode is HttpStatusCode.PaymentRequired
            ? new SendOutcome.NoCredit(problem)
            : new SendOutcome.Refused(problem);
    }

    /// <summary>The answer's JSON, or an undefined element when there is none that can be read.</summary>
    private static async Task<JsonElement> ReadAnswerAsync(
        HttpResponseMessage response,
        CancellationToken cancellation
    )
    {
        // The pipeline's timeout ends with the headers.
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(BodyTimeout);
        try
        {
            await response.Content.LoadIntoBufferAsync(LargestAnswer, limited.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(limited.Token);
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or HttpRequestException
                        or IOException
                        or OperationCanceledException
                        or TimeoutRejectedException
            )
        {
            // The status has come, and it alone decides what an unreadable body means.
            return default;
        }
    }

    private static string? MessageUuid(JsonElement answer) =>
        answer.ValueKind is JsonValueKind.Object
        && JsonText.TryFind(answer, "message_uuid"u8, out var value)
        && value.ValueKind is JsonValueKind.String
        && JsonText.Read(value).Trim() is { Length: > 0 and <= 100 } uuid
        && (!Guid.TryParse(uuid, out var id) || id != Guid.Empty)
            ? uuid
            : null;

    private static CarrierProblem Problem(JsonElement answer, HttpStatusCode status)
    {
        var problem = CarrierErrors.Describe(answer);
        if (problem.Code.Length > 0)
        {
            return problem;
        }
        var byStatus = status switch
        {
            HttpStatusCode.Unauthorized => "unauthorized",
            HttpStatusCode.Forbidden => "forbidden",
            HttpStatusCode.PaymentRequired => "low-balance",
            _ => "",
        };
        var detail = problem.Detail.Length > 0 ? problem.Detail : $"HTTP {(int)status}";
        return CarrierErrors.Describe(byStatus, detail);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            // A date is meant by the carrier's own clock, which it names in the same answer.
            { Date: { } date } => date - (response.Headers.Date ?? clock.GetUtcNow()),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private Uri MessagesAddress()
    {
        var current = options.CurrentValue;
        var baseUrl =
            current.UsesSimulator ? PublicAddress.Join(address.Local, "simulator")
            : string.IsNullOrWhiteSpace(current.BaseUrl) ? new Uri(VonageOptions.DefaultBaseUrl)
            : new Uri(current.BaseUrl);
        return PublicAddress.Join(baseUrl, "v1/messages");
    }

    private static string Reason(Exception e) =>
        e switch
        {
            TimeoutRejectedException or OperationCanceledException =>
                "The carrier did not answer in time.",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                "The carrier's name could not be resolved.",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                "No secure connection to the carrier could be made.",
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                "The carrier could not be reached.",
            _ => "The connection to the carrier broke.",
        };
}
