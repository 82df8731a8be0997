using System.Threading.RateLimiting;
using Clinic.Inbox.People;

namespace Clinic.Inbox.Reminders;

/// <summary>The pre-visit form and what strangers may ask of it.</summary>
public static class PreVisitSetup
{
    /// <summary>Name of the rate limiter's policy; looks and answers count alike.</summary>
    public const string Limit = "pre-visit";

    /// <summary>Bytes of a form that is sent in: two answers of 2,000 characters, each three bytes in UTF-8 that a form writes as nine.</summary>
    public const int LargestForm = 64 * 1024;

    /// <summary>Of one address: a whole mobile network may share it. A link of 128 bits is not found by guessing anyway.</summary>
    private const int RequestsAMinute = 120;

    public static void AddPreVisitForms(this IServiceCollection services)
    {
        services.AddSingleton<PreVisitForms>();
        services.AddRateLimiter(limits =>
            limits.AddPolicy(
                Limit,
                context =>
                    RateLimitPartition.GetFixedWindowLimiter(
                        "pre-visit " + SignInLimit.Source(context.Connection.RemoteIpAddress),
                        _ => new FixedWindowRateLimiterOptions
                        {
                            PermitLimit = RequestsAMinute,
                            Window = TimeSpan.FromMinutes(1),
                        }
                    )
            )
        );
    }
}
