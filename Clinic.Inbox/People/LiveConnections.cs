using System.Security.Claims;
using System.Threading.RateLimiting;

namespace Clinic.Inbox.People;

/// <summary>What one caller may hold and open at one live address.</summary>
/// <param name="Open">Connections at the same time.</param>
/// <param name="Burst">New ones at once: after a blip of the network every window comes back.</param>
/// <param name="PerSecond">New ones in the long run.</param>
public sealed record LiveAllowance(int Open, int Burst, int PerSecond)
{
    /// <summary>Of a person: twice their windows, since a lost connection is noticed late.</summary>
    public static readonly LiveAllowance Pages = new(2 * CircuitCount.Usual, 300, 2);

    /// <summary>Of whoever listens to the hub: one key may serve all workstations of a practice system.</summary>
    public static readonly LiveAllowance Hub = new(1_000, 3_000, 50);
}

/// <summary>
/// Bounds the live connections of each caller. A circuit is counted only when its page starts; one that was asked for and
/// never used costs memory all the same, waits minutes for its browser, and pushes out those that wait for theirs.
/// </summary>
public sealed class LiveConnections : IDisposable
{
    private readonly CircuitCount _open;
    private readonly PartitionedRateLimiter<string> _new;

    public LiveConnections(LiveAllowance allowance)
    {
        _open = new CircuitCount(allowance.Open);
        _new = PartitionedRateLimiter.Create<string, string>(who =>
            RateLimitPartition.GetTokenBucketLimiter(
                who,
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = allowance.Burst,
                    TokensPerPeriod = allowance.PerSecond,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                }
            )
        );
    }

    /// <summary>Lets the request through, or answers 429.</summary>
    public async Task PassAsync(HttpContext context, Func<HttpContext, Task> next)
    {
        if (context.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } who)
        {
            await next(context);
            return;
        }
        if (IsNew(context) && !MayOpen(who))
        {
            Refuse(context);
            return;
        }
        if (!Stays(context))
        {
            await next(context);
            return;
        }
        if (!_open.TryEnter(who))
        {
            Refuse(context);
            return;
        }
        try
        {
            await next(context);
        }
        finally
        {
            _open.Leave(who);
        }
    }

    public void Dispose() => _new.Dispose();

    private bool MayOpen(string who)
    {
        using var lease = _new.AttemptAcquire(who);
        return lease.IsAcquired;
    }

    /// <summary>Negotiated, or a socket that skips it. With an id it goes on with what was negotiated.</summary>
    private static bool IsNew(HttpContext context) =>
        IsNegotiation(context.Request)
        || (Stays(context) && !context.Request.Query.ContainsKey("id"));

    /// <summary>A socket, a stream of events or a long poll: it lasts as long as somebody listens.</summary>
    private static bool Stays(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsConnect(context.Request.Method))
        // A list of scripts that each page asks for.
        && !EndsWith(context.Request, "/initializers");

    private static bool IsNegotiation(HttpRequest request) => EndsWith(request, "/negotiate");

    private static bool EndsWith(HttpRequest request, string end) =>
        request.Path.Value?.TrimEnd('/').EndsWith(end, StringComparison.OrdinalIgnoreCase) is true;

    private static void Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = "5";
    }
}
