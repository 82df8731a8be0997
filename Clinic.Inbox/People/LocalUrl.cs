namespace Clinic.Inbox.People;

/// <summary>Where to go after signing in: only ever a page of our own.</summary>
public static class LocalUrl
{
    /// <summary>
    /// <paramref name="url"/> when it is a path of this site, else <paramref name="otherwise"/>. Refuses what browsers
    /// read as another host: <c>//host</c>, <c>/\host</c>, and either with a tab or line break in it, which they skip.
    /// </summary>
    public static string Or(string? url, string otherwise) =>
        url is ['/', ..]
        && url is not ['/', '/' or '\\', ..]
        && !url.Any(char.IsControl)
        // After signing in nobody wants to sign in, or out, again.
        && !url.StartsWith("/account/", StringComparison.OrdinalIgnoreCase)
            ? url
            : otherwise;
}
