namespace Clinic.Inbox.Demo;

/// <summary>The files in <c>Demo/Data</c>, as they lie in the assembly.</summary>
internal static class DemoData
{
    /// <summary>The lines of a table or a screenplay, without comments and empty lines; a line that ends in \ goes on.</summary>
    public static IReadOnlyList<string> Lines(string name)
    {
        using var reader = new StreamReader(Open(name));
        var lines = new List<string>();
        var begun = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }
            if (line[^1] == '\\')
            {
                begun += line[..^1];
                continue;
            }
            lines.Add(begun + line);
            begun = "";
        }
        return lines;
    }

    /// <exception cref="ArgumentException">There is no such file.</exception>
    public static Stream Open(string name) =>
        typeof(DemoData).Assembly.GetManifestResourceStream($"demo/{name}")
        ?? throw new ArgumentException($"Demo/Data has no {name}.", nameof(name));
}
