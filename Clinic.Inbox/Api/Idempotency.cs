using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Clinic.Inbox.Api;

/// <summary>
/// Makes a POST with an <c>Idempotency-Key</c> happen once: repeated, it gets the first answer again
/// (<c>Idempotent-Replayed: true</c>). An answer that is an error had no effect and is not kept, so that the same key may
/// try again.
/// </summary>
internal sealed class Idempotency(RequestDelegate next, IdempotentAnswers answers)
{
    public const string Header = "Idempotency-Key";
    public const string Replayed = "Idempotent-Replayed";

    private const int LongestKey = 255;

    /// <summary>How long a repeated request waits for the first one to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What this process works on.</summary>
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _underWay = new(
        StringComparer.Ordinal
    );

    public async Task InvokeAsync(HttpContext context)
    {
        var shown = context.Request.Headers[Header].ToString();
        if (
            shown.Length == 0
            || !HttpMethods.IsPost(context.Request.Method)
            || context.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } caller
        )
        {
            await next(context);
            return;
        }
        if (shown.Length > LongestKey || !shown.All(c => c is >= ' ' and <= '~'))
        {
            await ApiProblem
                .Invalid(Header, $"The key has 1 to {LongestKey} printable ASCII characters.")
                .ExecuteAsync(context);
            return;
        }
        var key = $"{caller} {shown}";
        var hash = await HashAsync(context.Request);
        if (!await EnterAsync(key, context.RequestAborted))
        {
            await RefuseUnderWayAsync(context);
            return;
        }
        try
        {
            await AnswerAsync(context, key, hash);
        }
        finally
        {
            if (_underWay.TryRemove(key, out var ended))
            {
                ended.SetResult();
            }
        }
    }

    /// <summary>One request with a key at a time; false when the one before takes too long.</summary>
    private async Task<bool> EnterAsync(string key, CancellationToken cancellation)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (_underWay.GetOrAdd(key, mine) is var first && first != mine)
        {
            try
            {
                await first.Task.WaitAsync(Patience, cancellation);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
        return true;
    }

    private async Task AnswerAsync(HttpContext context, string key, string hash)
    {
        switch (await answers.ClaimAsync(key, hash, context.RequestAborted))
        {
            case KeyClaim.Taken:
                await AnswerOnceAsync(context, key);
                break;
            case KeyClaim.Answered(var status, var body):
                await ReplayAsync(context.Response, status, body);
                break;
            case KeyClaim.Reused:
                await ApiProblem
                    .Unprocessable(
                        "idempotencyKeyReused",
                        "This Idempotency-Key was used for another request. Use a new one."
                    )
                    .ExecuteAsync(context);
                break;
            default:
                await RefuseUnderWayAsync(context);
                break;
        }
    }

    private static async Task ReplayAsync(HttpResponse response, int status, string body)
    {
        response.StatusCode = status;
        response.Headers[Replayed] = "true";
        if (body.Length > 0)
        {
            response.ContentType = "application/json; charset=utf-8";
            await response.WriteAsync(body, response.HttpContext.RequestAborted);
        }
    }

    private static Task RefuseUnderWayAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return ApiProblem
            .Conflict(
                "idempotencyInProgress",
                "The first request with this Idempotency-Key has not ended, or was cut off. Try again shortly; if this stays, look whether it took effect and use a new key."
            )
            .ExecuteAsync(context);
    }

    private async Task AnswerOnceAsync(HttpContext context, string key)
    {
        var response = context.Response;
        var wire = response.Body;
        await using var body = new MemoryStream();
        response.Body = body;
        var done = false;
        try
        {
            await next(context);
            done = response.StatusCode is >= 200 and < 300;
        }
        finally
        {
            response.Body = wire;
            await (
                done
                    ? answers.CompleteAsync(
                        key,
                        response.StatusCode,
                        Encoding.UTF8.GetString(body.ToArray())
                    )
                    : answers.ReleaseAsync(key)
            );
        }
        body.Position = 0;
        await body.CopyToAsync(wire, context.RequestAborted);
    }

    private static async Task<string> HashAsync(HttpRequest request)
    {
        // Kept in memory: a text that somebody wrote is not to lie in a temporary file.
        request.EnableBuffering(ApiSetup.LargestBody, ApiSetup.LargestBody);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path}{request.QueryString}\n"));
        var buffer = new byte[8192];
        int read;
        while (
            (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0
        )
        {
            hash.AppendData(buffer, 0, read);
        }
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
