using System.Text.Json;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Reads what is asked of the simulator, and says in plain words what is wrong with it.</summary>
internal static class SimulatorJson
{
    public static IResult BadRequest(string problem) =>
        Results.Problem(
            problem,
            statusCode: StatusCodes.Status400BadRequest,
            title: "The simulator can't do that."
        );

    /// <summary>The body as a JSON object; an empty body is an empty object.</summary>
    public static async Task<(JsonElement Json, string? Problem)> ReadAsync(HttpContext context)
    {
        using var body = await WebhookBody.ReadAsync(context.Request);
        if (body is null)
        {
            return (default, "The body is over 1 MiB.");
        }
        try
        {
            using var document = JsonDocument.Parse(
                body.Bytes.IsEmpty ? "{}"u8.ToArray() : body.Bytes,
                new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth }
            );
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? (document.RootElement.Clone(), null)
                : (default, "The body is not a JSON object.");
        }
        catch (JsonException)
        {
            return (default, "The body is not JSON, or is nested too deeply.");
        }
    }

    /// <summary>A string that may be there.</summary>
    public static string? Text(JsonElement json, string name, ref string? problem)
    {
        if (!JsonText.TryFind(json, System.Text.Encoding.UTF8.GetBytes(name), out var value))
        {
            return null;
        }
        if (value.ValueKind is JsonValueKind.String)
        {
            return JsonText.Read(value);
        }
        problem ??= $"{name} is a string.";
        return null;
    }

    /// <summary>A whole number that may be there.</summary>
    public static int? Number(JsonElement json, string name, ref string? problem)
    {
        if (!JsonText.TryFind(json, System.Text.Encoding.UTF8.GetBytes(name), out var value))
        {
            return null;
        }
        if (value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number))
        {
            return number;
        }
        problem ??= $"{name} is a whole number.";
        return null;
    }

    /// <summary>True or false; false when it is not there.</summary>
    public static bool Flag(JsonElement json, string name, ref string? problem)
    {
        if (!JsonText.TryFind(json, System.Text.Encoding.UTF8.GetBytes(name), out var value))
        {
            return false;
        }
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }
        problem ??= $"{name} is true or false.";
        return false;
    }
}
