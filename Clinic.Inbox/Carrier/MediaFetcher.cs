using System.Net;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Carrier;

/// <summary>What became of one download.</summary>
public abstract record MediaFetchResult
{
    /// <summary>The file, in memory, at most 10 MiB. Neither its type nor its name has been checked.</summary>
    public sealed record Fetched(ReadOnlyMemory<byte> Content, string? ClaimedType)
        : MediaFetchResult;

    /// <summary>It will never be had: the address is not allowed, it is too large, or it is gone.</summary>
    public sealed record Refused(string Reason) : MediaFetchResult;

    /// <summary>Not now: try again later, for up to the 48 hours that Vonage keeps it.</summary>
    public sealed record Failed(string Reason) : MediaFetchResult;
}

/// <summary>
/// Downloads a file that a client sent, from allowed hosts only, without following redirects, and never from an address
/// inside our own network. The application's token goes to Vonage's hosts alone (Secure Inbound Media needs it).
/// </summary>
public sealed class MediaFetcher(
    HttpClient http,
    ApplicationToken token,
    IOptionsMonitor<VonageOptions> options
)
{
    /// <summary>Bytes that a file may have; MMS carries far less.</summary>
    public const int Limit = 10 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Makes one attempt. Throws only when <paramref name="cancellation"/> is cancelled.</summary>
    public async Task<MediaFetchResult> FetchAsync(string url, CancellationToken cancellation)
    {
        var allowed = options.CurrentValue.MediaHosts ?? [];
        if (MediaAddress.Refusal(url, allowed, out var address) is { } refusal)
        {
            return new MediaFetchResult.Refused(refusal);
        }
        // The client's own timeout ends with the headers; a body that trickles is cut off by this one.
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (MediaAddress.IsVonage(address!))
            {
                Authorize(request);
            }
            using var response = await http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                limited.Token
            );
            return Judge(response.StatusCode) ?? await ReadAsync(response, limited.Token);
        }
        catch (HttpRequestException e) when (Forbidden(e))
        {
            return new MediaFetchResult.Refused(
                "The media host leads to an address that is not on the internet."
            );
        }
        catch (Exception e)
            when (!cancellation.IsCancellationRequested
                && e is HttpRequestException or IOException or OperationCanceledException
            )
        {
            return new MediaFetchResult.Failed("The media host did not answer.");
        }
    }

    private void Authorize(HttpRequestMessage request)
    {
        try
        {
            request.Headers.Authorization = new("Bearer", token.Current());
        }
        catch (InvalidOperationException)
        {
            // The key can't be read, which /health/ready says. Vonage's media needs no token unless the account asks
            // for one, so it is tried without.
        }
    }

    private static MediaFetchResult? Judge(HttpStatusCode status) =>
        (int)status switch
        {
            >= 200 and < 300 => null,
            >= 300 and < 400 => new MediaFetchResult.Refused("The media host redirects elsewhere."),
            401 or 403 => new MediaFetchResult.Failed(
                "The media host does not accept our credentials."
            ),
            408 or 425 or 429 or >= 500 => new MediaFetchResult.Failed(
                $"The media host answered {(int)status}."
            ),
            _ => new MediaFetchResult.Refused($"The file is gone ({(int)status})."),
        };

    private static async Task<MediaFetchResult> ReadAsync(
        HttpResponseMessage response,
        CancellationToken cancellation
    )
    {
        var announced = response.Content.Headers.ContentLength;
        if (announced > Limit)
        {
            return TooLarge();
        }
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var content = new MemoryStream((int)(announced ?? 64 * 1024));
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            if (content.Length + read > Limit)
            {
                return TooLarge();
            }
            content.Write(buffer, 0, read);
        }
        return content.Length == 0
            ? new MediaFetchResult.Failed("The file came empty.")
            : new MediaFetchResult.Fetched(
                content.GetBuffer().AsMemory(0, (int)content.Length),
                response.Content.Headers.ContentType?.MediaType
            );
    }

    private static MediaFetchResult.Refused TooLarge() =>
        new($"The file is larger than {Limit / (1024 * 1024)} MiB.");

    private static bool Forbidden(Exception? e) =>
        e is not null && (e is ForbiddenAddressException || Forbidden(e.InnerException));
}
