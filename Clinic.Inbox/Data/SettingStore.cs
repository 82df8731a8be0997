using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Serialization.SystemTextJson;

namespace Clinic.Inbox.Data;

/// <summary>Reads and writes the clinic's choices, each a JSON value under its key.</summary>
public static class SettingStore
{
    private static readonly JsonSerializerOptions Json = new JsonSerializerOptions(
        JsonSerializerDefaults.Web
    ).ConfigureForNodaTime(DateTimeZoneProviders.Tzdb);

    /// <summary>What was chosen, or <paramref name="otherwise"/>.</summary>
    /// <exception cref="JsonException">The row was changed by hand into something unreadable.</exception>
    public static async Task<T> SettingAsync<T>(
        this InboxDb db,
        string key,
        T otherwise,
        CancellationToken cancellation
    )
        where T : class
    {
        var stored = await db
            .Settings.AsNoTracking()
            .Where(s => s.Key == key)
            .Select(s => s.Value)
            .FirstOrDefaultAsync(cancellation);
        return Read(stored, otherwise);
    }

    /// <summary>The value of a row that was read along with something else; null: there was none.</summary>
    /// <inheritdoc cref="SettingAsync"/>
    internal static T Read<T>(string? stored, T otherwise)
        where T : class =>
        stored is null ? otherwise : JsonSerializer.Deserialize<T>(stored, Json) ?? otherwise;

    /// <summary>A choice as the row that keeps it.</summary>
    internal static Setting Row<T>(string key, T value)
        where T : class => new(key, JsonSerializer.Serialize(value, Json));

    /// <summary>Keeps a choice; the caller saves.</summary>
    public static async Task ChooseAsync<T>(
        this WriteSession session,
        string key,
        T value,
        CancellationToken cancellation
    )
        where T : class
    {
        var text = JsonSerializer.Serialize(value, Json);
        if (await session.Db.Settings.FindAsync([key], cancellation) is { } known)
        {
            known.Value = text;
        }
        else
        {
            session.Db.Settings.Add(new Setting(key, text));
        }
    }
}
