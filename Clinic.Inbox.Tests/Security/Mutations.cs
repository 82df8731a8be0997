using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Clinic.Inbox.Tests.Security;

/// <summary>Bodies that nobody should send: random ones, and real ones that something happened to.</summary>
internal static class Mutations
{
    /// <summary>What breaks programs that never thought of it.</summary>
    private static readonly string[] Nasty =
    [
        "",
        " ",
        "\0",
        "\u0000\u0001\u001f",
        "\ud83d",
        "\udc36\ud83d",
        "é\u0301\u0301\u0301",
        "\u202e\u200b\ufeff",
        "👨‍👩‍👧",
        "' OR 1=1 --",
        "\"; DROP TABLE \"Messages\"; --",
        "<script>alert(1)</script>",
        "{{7*7}}{% if %}",
        "${7*7}",
        "../../../../etc/passwd",
        "%00%2e%2e%2f",
        "\r\nSet-Cookie: a=b",
        "-1",
        "0",
        "1e400",
        "-0",
        "NaN",
        "9223372036854775808",
        "79228162514264337593543950336",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.9999999-14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31",
        "2026-13-45T99:99:99Z",
        "true",
        "null",
        "0190a0b0c0d070f08102030405060708",
        "http://[::1",
        "STOP",
        "+",
        "+999999999999999999999",
        "00000000-0000-0000-0000-000000000000",
    ];

    /// <summary>Pieces of JSON that stand where another was.</summary>
    private static readonly string[] Pieces =
    [
        "null",
        "true",
        "0",
        "-1",
        "1e308",
        "-1e-400",
        "123456789012345678901234567890",
        "\"\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "[]",
        "{}",
        "[[[[[[[[[[]]]]]]]]]]",
        "[null]",
        "[{}]",
        "{\"a\":{\"a\":{\"a\":null}}}",
        "[1,\"a\",null,{},[]]",
        "\"0001-01-01T00:00:00+14:00\"",
        "\"9999-12-31T23:59:59.9999999-14:00\"",
        "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59Z\"",
        "\"0001-01-01\"",
        "\"9999-12-31\"",
    ];

    public static readonly Gen<string> Word = Gen.Frequency<string>(
        (3, Gen.OneOfConst(Nasty)),
        (1, Gen.String[0, 60]),
        (
            1,
            Gen.Select(Gen.OneOfConst(Nasty), Gen.Int[1, 2_000])
                .Select((text, times) => Repeated(text, times))
        )
    );

    /// <summary>Any bytes at all.</summary>
    public static readonly Gen<byte[]> Noise = Gen.Byte.Array[0, 400];

    /// <summary>The vectors of that kind with something wrong in them.</summary>
    /// <param name="kind">inbound or status.</param>
    public static Gen<byte[]> Webhook(string kind) =>
        Of([
            .. Directory
                .EnumerateFiles(
                    Path.Combine(AppContext.BaseDirectory, "Vectors", "vonage"),
                    kind + "-*.json"
                )
                .Order(StringComparer.Ordinal)
                .Select(file => Carrier.Vector.Bytes(Path.GetFileName(file))),
        ]);

    /// <summary>These with something wrong in them: in their bytes, in their JSON, or nothing.</summary>
    public static Gen<byte[]> Of(params byte[][] real) =>
        Gen.Frequency<byte[]>(
            (1, Noise),
            (3, Gen.OneOfConst(real).SelectMany(Torn)),
            (6, Gen.OneOfConst(real).SelectMany(Twisted))
        );

    /// <summary>A form with what was asked for, more of it, and more besides.</summary>
    /// <param name="longest">Characters of a word at the most.</param>
    public static Gen<byte[]> Form(int longest, params string[] fields) =>
        Gen.Select(Gen.Frequency<string>((4, Gen.OneOfConst(fields)), (1, Gen.String[0, 12])), Word)
            .Array[0, 12]
            .Select(pairs =>
                Encoding.UTF8.GetBytes(
                    string.Join(
                        '&',
                        pairs.Select(p =>
                            $"{Escaped(p.Item1)}={Escaped(p.Item2[..Math.Min(longest, p.Item2.Length)])}"
                        )
                    )
                )
            );

    /// <summary>A slice is gone, doubled or overwritten.</summary>
    private static Gen<byte[]> Torn(byte[] real) =>
        Gen.Select(Gen.Int[0, real.Length - 1], Gen.Int[0, 40], Gen.Int[0, 3], Noise)
            .Select(
                (at, length, how, noise) =>
                {
                    var end = Math.Min(real.Length, at + length);
                    return how switch
                    {
                        0 => [.. real[..at], .. real[end..]],
                        1 => [.. real[..end], .. real[at..]],
                        2 => [.. real[..at], .. noise, .. real[end..]],
                        _ => real[..at],
                    };
                }
            );

    /// <summary>A value is another, gone, or there twice.</summary>
    private static Gen<byte[]> Twisted(byte[] real) =>
        Gen.Select(Gen.Int[0, 1_000], Gen.Int[0, 3], Gen.OneOfConst(Pieces), Word)
            .Array[1, 3]
            .Select(changes =>
            {
                var json = Encoding.UTF8.GetString(real);
                foreach (var (which, how, piece, word) in changes)
                {
                    json = Change(json, which, how, piece, word);
                }
                return Encoding.UTF8.GetBytes(json);
            });

    private static string Change(string json, int which, int how, string piece, string word)
    {
        try
        {
            return Changed(JsonNode.Parse(json)!, which, how, piece, word);
        }
        catch (Exception e)
            when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // What was done to it before can't be read any more, here either: it stays as it is.
            return json;
        }
    }

    private static string Changed(JsonNode root, int which, int how, string piece, string word)
    {
        const string Here = "a piece comes here";
        var values = new List<JsonNode>();
        Collect(root, values);
        if (values.Count == 0)
        {
            return root.ToJsonString();
        }
        var chosen = values[which % values.Count];
        switch (how)
        {
            case 0:
                // Put in as text: pieces need not be JSON that anything here could write.
                chosen.ReplaceWith(JsonValue.Create(Here));
                return root.ToJsonString().Replace($"\"{Here}\"", piece, StringComparison.Ordinal);
            case 1:
                chosen.ReplaceWith(JsonValue.Create(Whole(word)));
                break;
            case 2 when chosen.Parent is JsonObject parent:
                parent.Remove(chosen.GetPropertyName());
                break;
            case 3 when chosen.Parent is JsonObject && root is JsonObject:
                // Twice: the parser decides which of them counts.
                var name = JsonSerializer.Serialize(chosen.GetPropertyName());
                return $"{{{name}:{piece},{root.ToJsonString()[1..]}";
        }
        return root.ToJsonString();
    }

    private static void Collect(JsonNode? node, List<JsonNode> into)
    {
        foreach (
            var child in node switch
            {
                JsonObject o => o.Select(p => p.Value).ToList(),
                JsonArray a => [.. a],
                _ => [],
            }
        )
        {
            if (child is not null)
            {
                into.Add(child);
                Collect(child, into);
            }
        }
    }

    private static string Repeated(string text, int times) =>
        string.Concat(Enumerable.Repeat(text, Math.Min(times, 20_000 / Math.Max(1, text.Length))));

    private static string Escaped(string text) => Uri.EscapeDataString(Whole(text));

    /// <summary>Without half characters, which neither JSON nor a form can be written with.</summary>
    private static string Whole(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
