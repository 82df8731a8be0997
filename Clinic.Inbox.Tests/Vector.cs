using System.Text.Json;

namespace Clinic.Inbox.Tests;

/// <summary>Reads the vectors that lie beside the tests, one JSON object a line.</summary>
internal static class Vector
{
    public static IEnumerable<JsonElement> Lines(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", file))
            .Where(line => line.Length > 0)
            .Select(line => JsonDocument.Parse(line).RootElement.Clone());
}
