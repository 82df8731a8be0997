namespace Clinic.Inbox.Live;

/// <summary>
/// Which sites may open a socket here. Browsers hold WebSockets to no same-origin policy, so the server must: our own
/// pages, and for the hub also the host applications that <c>Embed:Origins</c> names. What is no browser sends no Origin.
/// </summary>
public sealed class EmbedOrigins
{
    public const string Setting = "Embed:Origins";

    private readonly Uri? _public;

    /// <exception cref="InvalidOperationException">An entry is no origin.</exception>
    public EmbedOrigins(IConfiguration configuration)
    {
        All =
        [
            .. (configuration.GetSection(Setting).Get<string[]>() ?? Listed(configuration)).Select(
                OriginOf
            ),
        ];
        Uri.TryCreate(configuration["PublicUrl"], UriKind.Absolute, out _public);
    }

    /// <summary>Host applications, as <c>https://pims.example</c>.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>Whether the page that asks is one of ours.</summary>
    public bool IsOurs(HttpRequest request) =>
        request.Headers.Origin.ToString() is not { Length: > 0 } origin
        || (
            Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && (
                IsSame(from.Authority, request.Host.Value)
                || (_public is not null && IsSame(from.Authority, _public.Authority))
            )
        );

    /// <summary>Whether the page that asks is one of ours or of a host application.</summary>
    public bool Allows(HttpRequest request) =>
        IsOurs(request)
        || All.Contains(request.Headers.Origin.ToString(), StringComparer.OrdinalIgnoreCase);

    private static bool IsSame(string one, string? other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string[] Listed(IConfiguration configuration) =>
        configuration[Setting]
            ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        ?? [];

    private static string OriginOf(string entry) =>
        Uri.TryCreate(entry, UriKind.Absolute, out var uri)
        && uri.Scheme is "https" or "http"
        && uri.PathAndQuery == "/"
            ? uri.GetLeftPart(UriPartial.Authority)
            : throw new InvalidOperationException(
                $"{Setting} has '{entry}'. Use an origin, for example https://pims.example."
            );
}
