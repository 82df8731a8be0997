using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Clinic.Inbox.Documents;

/// <summary>Questions and answers as the database keeps them: a list in one column, read and written whole.</summary>
internal static class FormJson
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Write<T>(IReadOnlyList<T> list) => JsonSerializer.Serialize(list, Json);

    public static IReadOnlyList<T> Read<T>(string text) =>
        JsonSerializer.Deserialize<List<T>>(text, Json) ?? [];
}

internal sealed class JsonListConverter<T>()
    : ValueConverter<IReadOnlyList<T>, string>(
        list => FormJson.Write(list),
        text => FormJson.Read<T>(text)
    );

internal sealed class JsonListComparer<T>()
    : ValueComparer<IReadOnlyList<T>>(
        (a, b) => a == b || (a != null && b != null && FormJson.Write(a) == FormJson.Write(b)),
        list => list.Count,
        list => list.ToArray()
    );
