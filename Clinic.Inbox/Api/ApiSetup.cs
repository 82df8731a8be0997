using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Api;

/// <summary>The REST API of <c>/api/v1</c>, its keys and its description.</summary>
public static class ApiSetup
{
    internal const string Root = "/api/v1";

    /// <summary>Bytes of a request's body.</summary>
    internal const int LargestBody = 256 * 1024;

    /// <summary>Requests a minute of one key, unless <c>Api:RequestsPerMinute</c> says otherwise.</summary>
    private const int UsualPerMinute = 6_000;

    public static IServiceCollection AddApi(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<IStanding, ApiKeysStanding>();
        services.AddSingleton<ApiRoutes>();
        services.AddSingleton<IdempotentAnswers>();
        services.AddSingleton<ThreadPages>();
        services.AddSingleton<AppointmentPages>();
        services.AddSingleton<AppointmentTypeBook>();
        services.AddSingleton<MedicalReminderBook>();
        services.AddHostedService<DemoApiKey>();
        services.AddApiDescription();
        services.AddRateLimiter(_ => { });
        services.AddAuthorizationBuilder().AddApiPolicies();
        services
            .AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(
                ApiKeyHandler.Scheme,
                configureOptions: null
            )
            .AddPolicyScheme(
                ApiKeyHandler.CookieOrKey,
                displayName: null,
                scheme => scheme.ForwardDefaultSelector = CookieOrKey
            );
        // What can't be read is thrown, so that ApiProblems can say where it is wrong.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.MaxDepth = 32;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Converters.Add(
                new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
            );
        });
        return services;
    }

    /// <summary>Before everything that may refuse a request.</summary>
    public static void UseApiProblems(this IApplicationBuilder app) =>
        app.UseMiddleware<ApiProblems>();

    /// <summary>After authorization: both ask who calls.</summary>
    public static void UseApi(this WebApplication app)
    {
        var perMinute = app.Configuration.GetValue("Api:RequestsPerMinute", UsualPerMinute);
        app.UseWhen(
            IsApi,
            api =>
            {
                api.UseRateLimiter(Limits(perMinute));
                api.UseMiddleware<Idempotency>();
            }
        );
    }

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup(Root).WithMetadata(new RequestSizeLimitAttribute(LargestBody));
        api.MapMessages();
        api.MapConversations();
        api.MapClients();
        api.MapConsents();
        api.MapPatients();
        api.MapAppointments();
        api.MapAppointmentTypes();
        api.MapMedicalReminders();
        api.MapTemplates();
        api.MapInventoryItems();
        api.MapReminders();
        api.MapUsage();
        api.MapHours();
        api.MapQuietHours();
        api.MapAutoResponse();
        api.MapAddOns();
        endpoints.MapApiDescription();
    }

    internal static bool IsApi(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private static RateLimiterOptions Limits(int perMinute) =>
        new()
        {
            RejectionStatusCode = StatusCodes.Status429TooManyRequests,
            GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                RateLimitPartition.GetTokenBucketLimiter(
                    context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "",
                    _ => new TokenBucketRateLimiterOptions
                    {
                        TokenLimit = perMinute,
                        TokensPerPeriod = Math.Max(1, perMinute / 60),
                        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    }
                )
            ),
            OnRejected = (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var said)
                    ? Math.Ceiling(said.TotalSeconds)
                    : 1;
                rejected.HttpContext.Response.Headers.RetryAfter = wait.ToString(
                    CultureInfo.InvariantCulture
                );
                return ValueTask.CompletedTask;
            },
        };

    private static string CookieOrKey(HttpContext context)
    {
        var schemes = context
            .RequestServices.GetRequiredService<IOptions<AuthenticationOptions>>()
            .Value;
        return ApiKeyHandler.Presents(context.Request)
            ? ApiKeyHandler.Scheme
            : schemes.DefaultAuthenticateScheme ?? schemes.DefaultScheme ?? ApiKeyHandler.Scheme;
    }
}
