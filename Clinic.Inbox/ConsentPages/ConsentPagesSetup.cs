using System.Threading.RateLimiting;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.People;

namespace Clinic.Inbox.ConsentPages;

/// <summary>Consent as the public, managers and a court see it.</summary>
public static class ConsentPagesSetup
{
    /// <summary>Name of the rate limiter's policy of the public form. It counts forms that are sent, not looks.</summary>
    public const string OptInLimit = "opt-in";

    /// <summary>Bytes of a form that is sent in.</summary>
    public const int LargestForm = 16 * 1024;

    /// <summary>Of one address in <see cref="Window"/>: a waiting room may share it.</summary>
    public const int FormsAWindow = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    public static IServiceCollection AddConsentPages(this IServiceCollection services)
    {
        services.AddSingleton<OptInDesk>();
        services.AddSingleton<ConsentSettingsBook>();
        services.AddSingleton<ConsentAsking>();
        services.AddSingleton<ConsentReview>();
        services.AddSingleton<EvidenceBook>();
        services.AddSingleton<IReceivedFollowUp, OptInReplies>();
        return services.AddRateLimiter(limits => limits.AddPolicy(OptInLimit, Partition));
    }

    public static void MapConsentPages(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapEvidence();

    private static RateLimitPartition<string> Partition(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(
                "opt-in " + SignInLimit.Source(context.Connection.RemoteIpAddress),
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = FormsAWindow,
                    Window = Window,
                }
            )
            : RateLimitPartition.GetNoLimiter("looking at the opt-in form");
}
