using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Clinic.Inbox.People;

/// <summary>
/// Guessing is slow: 30 tries a minute from one address. Generous, since a whole clinic often shares one; the lockout of
/// the account is the narrower door.
/// </summary>
public static class SignInLimit
{
    /// <summary>Name of the rate limiter's policy. It counts forms that are sent, not pages that are looked at.</summary>
    public const string Policy = "sign-in";

    private const int TriesAMinute = 30;

    public static void AddSignInLimit(this IServiceCollection services) =>
        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.AddPolicy(Policy, Partition);
        });

    private static RateLimitPartition<string> Partition(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(
                Source(context.Connection.RemoteIpAddress),
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = TriesAMinute,
                    Window = TimeSpan.FromMinutes(1),
                }
            )
            : RateLimitPartition.GetNoLimiter("looking");

    /// <summary>An IPv6 customer has a whole /64 to come from: it counts as one.</summary>
    internal static string Source(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
