namespace Clinic.Inbox.Tests.Templates;

/// <summary>Templates that somebody wrote to do harm or by mistake, each with the place at which it is refused.</summary>
internal static class Poisons
{
    private static readonly Dictionary<string, (string Text, int Line, int Column)> All = new(
        StringComparer.Ordinal
    )
    {
        ["endless loop"] = ("{% for i in (1..1000000000) %}x{% endfor %}", 1, 4),
        ["doubling by assign"] = ("Hi\n{% assign a = 'xxxx' %}{{ a }}", 2, 4),
        ["doubling by capture"] = ("{% capture a %}{{ client.name }}{% endcapture %}", 1, 4),
        ["include of itself"] = ("{% include 'x' %}", 1, 4),
        ["huge output"] = (Repeat("{{clinic.name}}", 66), 1, 1),
        ["100k characters"] = (new string('x', 100_000), 1, 1_001),
        ["nested without end"] = (Repeat("{% if client.name %}", 40), 1, 104),
        ["nested and closed"] = (
            $"Hi {Repeat("{% if client.name %}", 12)}x{Repeat("{% endif %}", 12)}",
            1,
            107
        ),
        ["unknown variable"] = ("Hi,\n\nyour code is {{ client.password }}", 3, 17),
        ["variable of another kind"] = ("Due: {{ reminder.name }}", 1, 9),
        ["unknown filter"] = ("{{ client.name | append: 'x' }}", 1, 18),
        ["index"] = ("{{ client['name'] }}", 1, 4),
        ["script"] = ("Hi <script>alert(1)</script>", 1, 4),
        ["markup"] = ("Hi\n\n  <b>Ana</b>", 3, 3),
        ["unclosed variable"] = ("Hi {{ client.name", 1, 18),
        ["unclosed condition"] = ("{% if client.name %}x", 1, 22),
        ["nothing"] = ("  \n ", 1, 1),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    public static (string Text, int Line, int Column) Find(string name) => All[name];

    private static string Repeat(string text, int times) =>
        string.Concat(Enumerable.Repeat(text, times));
}
