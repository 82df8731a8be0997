using System.Text;
using System.Text.Json;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>The fields of one JSON object of a request; notes what is wrong with each under its full name.</summary>
internal sealed class RequestFields
{
    private readonly JsonElement _json;
    private readonly string _path;
    private readonly List<(string Name, string Reason)> _problems;

    public RequestFields(JsonElement json)
        : this(json, "", []) { }

    private RequestFields(
        JsonElement json,
        string path,
        List<(string Name, string Reason)> problems
    )
    {
        _json = json;
        _path = path;
        _problems = problems;
    }

    public IReadOnlyList<(string Name, string Reason)> Problems => _problems;

    public bool Has(string name) => TryFind(name, out _);

    public bool Has(string name, JsonValueKind kind) =>
        TryFind(name, out var value) && value.ValueKind == kind;

    /// <summary>A string; null when it is missing or something else, which is noted.</summary>
    public string? Text(string name)
    {
        if (!TryFind(name, out var value))
        {
            return null;
        }
        if (value.ValueKind is JsonValueKind.String)
        {
            return JsonText.Read(value);
        }
        Refuse(name, "Must be a string.");
        return null;
    }

    /// <summary>A string of 1 to <paramref name="longest"/> characters.</summary>
    public string? Required(string name, int longest)
    {
        if (!Has(name))
        {
            Refuse(name, "is required.");
            return null;
        }
        var text = Text(name);
        if (text is { Length: 0 })
        {
            Refuse(name, "Must not be empty.");
        }
        if (text?.Length > longest)
        {
            Refuse(name, $"Must be at most {longest} characters long.");
        }
        return text;
    }

    /// <summary>An absolute http or https address.</summary>
    public Uri? Address(string name, bool required)
    {
        if (!Has(name))
        {
            if (required)
            {
                Refuse(name, "is required.");
            }
            return null;
        }
        var text = Text(name);
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && text!.Length <= 2_000
        )
        {
            return url;
        }
        Refuse(name, "Must be a valid URL.");
        return null;
    }

    public RequestFields? Object(string name)
    {
        if (TryFind(name, out var value) && value.ValueKind is JsonValueKind.Object)
        {
            return new RequestFields(value, $"{_path}{name}.", _problems);
        }
        Refuse(name, Has(name) ? "Must be an object." : "is required.");
        return null;
    }

    /// <summary>The objects of a list that has at least one.</summary>
    public IReadOnlyList<RequestFields> Items(string name)
    {
        if (!TryFind(name, out var list) || list.ValueKind is not JsonValueKind.Array)
        {
            Refuse(name, Has(name) ? "Must be a list." : "is required.");
            return [];
        }
        var items = new List<RequestFields>();
        foreach (var (at, item) in list.EnumerateArray().Index())
        {
            if (item.ValueKind is JsonValueKind.Object)
            {
                items.Add(new RequestFields(item, $"{_path}{name}[{at}].", _problems));
            }
            else
            {
                Refuse($"{name}[{at}]", "Must be an object.");
            }
        }
        if (items.Count == 0)
        {
            Refuse(name, "Must not be empty.");
        }
        return items;
    }

    public void CheckNumber(string name, int least, int most)
    {
        if (
            TryFind(name, out var value)
            && !(
                value.ValueKind is JsonValueKind.Number
                && value.TryGetInt32(out var number)
                && number >= least
                && number <= most
            )
        )
        {
            Refuse(name, $"Must be a whole number from {least} to {most}.");
        }
    }

    public void CheckOneOf(string name, params string[] allowed)
    {
        if (TryFind(name, out _) && !allowed.Contains(Text(name)))
        {
            Refuse(name, $"Must be one of {string.Join(", ", allowed)}.");
        }
    }

    public void Refuse(string name, string reason) => _problems.Add((_path + name, reason));

    private bool TryFind(string name, out JsonElement value) =>
        JsonText.TryFind(_json, Encoding.UTF8.GetBytes(name), out value);
}
