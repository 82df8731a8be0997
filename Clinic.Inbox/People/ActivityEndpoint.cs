using Clinic.Inbox.Layout;
using Microsoft.Net.Http.Headers;

namespace Clinic.Inbox.People;

/// <summary>
/// <c>GET /account/active</c>: a live page says now and then that somebody works with it (<c>shell-activity.js</c>). That
/// it is a request of the session is all there is to it: see <see cref="SessionBook.StandsAsync"/>.
/// </summary>
internal static class ActivityEndpoint
{
    public static void MapActivity(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet(
                Paths.Active,
                (HttpContext context) =>
                {
                    context.Response.Headers[HeaderNames.CacheControl] = "no-store";
                    return TypedResults.NoContent();
                }
            )
            .RequireAuthorization(Policies.Desk)
            .ExcludeFromDescription();
}
