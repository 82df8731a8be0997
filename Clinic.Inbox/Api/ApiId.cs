using Clinic.Inbox.Data;

namespace Clinic.Inbox.Api;

/// <summary>Ids as addresses and bodies name them.</summary>
internal static class ApiId
{
    /// <summary>What can't be read as an id names nothing; so does the empty one.</summary>
    public static Id<T> Of<T>(string? id) =>
        Id<T>.TryParse(id, provider: null, out var parsed) ? parsed : default;

    /// <summary>
    /// What a body names: by the practice system's id when it gives one, else by ours; null: by neither. What is named and not
    /// there is the empty id.
    /// </summary>
    /// <param name="findAsync">Finds it by the practice system's id.</param>
    public static async Task<Id<T>?> NamedAsync<T>(
        string? id,
        string? externalId,
        Func<string, Task<Id<T>?>> findAsync
    )
    {
        if (!string.IsNullOrEmpty(externalId))
        {
            return await findAsync(externalId) ?? default(Id<T>);
        }
        return string.IsNullOrEmpty(id) ? null : Of<T>(id);
    }
}
