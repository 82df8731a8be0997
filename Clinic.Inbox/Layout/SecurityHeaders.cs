namespace Clinic.Inbox.Layout;

/// <summary>Tells browsers what our pages may never do. First in the pipeline, so that every answer carries it.</summary>
public static class SecurityHeaders
{
    /// <summary>Loadable by host applications on other sites.</summary>
    public const string EmbedPath = "/embed";

    // MudBlazor positions its parts with style attributes, and Blazor's theme is a style element: hence 'unsafe-inline'.
    private const string PolicyStart =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:; object-src 'none'; "
        + "base-uri 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; worker-src 'self'; ";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(
                    static state =>
                    {
                        Write((HttpContext)state);
                        return Task.CompletedTask;
                    },
                    context
                );
                return next(context);
            }
        );

    private static void Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        var host = context.Request.Host.Value;
        // TryAdd: an endpoint with a stricter policy of its own (an attachment's sandbox) keeps it.
        // Safari does not count ws: as 'self', so the socket's own address is named.
        headers.TryAdd(
            "Content-Security-Policy",
            $"{PolicyStart}connect-src 'self' ws://{host} wss://{host}"
        );
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers.TryAdd(
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
        );
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd(
            "Cross-Origin-Resource-Policy",
            context.Request.Path.StartsWithSegments(EmbedPath, StringComparison.OrdinalIgnoreCase)
                ? "cross-origin"
                : "same-origin"
        );
        if (context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) is true)
        {
            // Whoever sits down at this computer next finds no page of ours in a cache.
            if (!headers.CacheControl.ToString().Contains("no-store", StringComparison.Ordinal))
            {
                headers.CacheControl = "no-store";
            }
            headers.TryAdd("Accept-CH", Appearance.Hint);
            headers.TryAdd("Critical-CH", Appearance.Hint);
            headers.Append("Vary", Appearance.Hint);
        }
    }
}
