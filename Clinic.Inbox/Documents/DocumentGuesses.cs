using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Clinic.Inbox.People;

namespace Clinic.Inbox.Documents;

/// <summary>
/// Guessing links is slow: an address may miss 30 times a minute. Whoever has a right link is never counted and never
/// kept waiting, for a whole mobile network may share one address.
/// </summary>
public sealed class DocumentGuesses : IDisposable
{
    /// <summary>Misses of one address in a minute.</summary>
    public const int MissesAMinute = 30;

    private readonly PartitionedRateLimiter<string> _misses = PartitionedRateLimiter.Create<
        string,
        string
    >(source =>
        RateLimitPartition.GetFixedWindowLimiter(
            source,
            _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = MissesAMinute,
                Window = TimeSpan.FromMinutes(1),
            }
        )
    );

    /// <summary>Counts a miss; how long to wait once there were too many, else null.</summary>
    public TimeSpan? Miss(IPAddress? from)
    {
        using var lease = _misses.AttemptAcquire(SignInLimit.Source(from));
        if (lease.IsAcquired)
        {
            return null;
        }
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
            ? after
            : TimeSpan.FromMinutes(1);
    }

    public void Dispose() => _misses.Dispose();
}

/// <summary>
/// Before every page and file behind a private link: looks the link up once, slows guessing down, and sees to it that no
/// cache, search engine or other site keeps anything of it.
/// </summary>
internal sealed class DocumentGate(RequestDelegate next, DocumentDoor door, DocumentGuesses guesses)
{
    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(
            static state =>
            {
                // At the very end: what guards a form against forgery writes cache headers of its own.
                var headers = ((HttpContext)state).Response.Headers;
                headers.CacheControl = "private, no-store";
                headers["Referrer-Policy"] = "no-referrer";
                headers["X-Robots-Tag"] = "noindex, nofollow, noarchive";
                return Task.CompletedTask;
            },
            context
        );
        var found = await door.FindAsync(TokenOf(context.Request.Path), context.RequestAborted);
        if (found is null && guesses.Miss(context.Connection.RemoteIpAddress) is { } wait)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds)
                .ToString(CultureInfo.InvariantCulture);
            return;
        }
        context.Features.Set(found);
        var method = context.Request.Method;
        if (found is not { IsOpen: true } && HttpMethods.IsPost(method))
        {
            // There is no form (any more): whoever sends one is shown why, not that a form is missing.
            context.Request.Method = HttpMethods.Get;
        }
        await next(context);
        context.Request.Method = method;
    }

    /// <summary>
    /// <c>/d/{token}</c> and what is below it. Read here and not from the route: a method that no route takes (HEAD, of a
    /// scanner) is no guess.
    /// </summary>
    private static string TokenOf(PathString path) =>
        path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1) ?? "";
}
