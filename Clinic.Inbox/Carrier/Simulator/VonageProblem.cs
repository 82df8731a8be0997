using System.Text.Json.Nodes;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>An error in Vonage's form. Texts from its OpenAPI description of the Messages API.</summary>
internal sealed record VonageProblem(int Status, string Type, string Title, string Detail)
{
    private const string Api = "https://developer.vonage.com/api-errors";

    /// <summary>Which parameters are wrong and why; empty for other errors.</summary>
    public IReadOnlyList<(string Name, string Reason)> Parameters { get; init; } = [];

    public static VonageProblem Unauthorized { get; } =
        new(
            401,
            // Spelled so by Vonage.
            "https://developer.nexmo.com/api-errors/#unathorized",
            "You did not provide correct credentials.",
            "Check that you're using the correct credentials, and that your account has this feature enabled"
        );

    public static VonageProblem Throttled { get; } =
        new(429, $"{Api}/messages#1000", "Rate Limit Hit", "Please wait, then retry your request");

    public static VonageProblem InvalidChannel { get; } =
        new(
            422,
            $"{Api}/messages#1100",
            "Unsupported channel",
            "The specified channel is not supported."
        );

    public static VonageProblem InvalidSender { get; } =
        new(
            422,
            $"{Api}/messages#1120",
            "Invalid sender",
            "The `from` parameter is invalid for the given channel."
        );

    public static VonageProblem InvalidRecipient { get; } =
        new(
            422,
            $"{Api}/messages#1130",
            "Invalid recipient",
            "The `to` parameter is invalid for the given channel."
        );

    public static VonageProblem InvalidMessageType { get; } =
        new(
            422,
            $"{Api}/messages#1140",
            "Invalid message type",
            "The `message_type` parameter is invalid for the given channel."
        );

    public static VonageProblem InvalidReference { get; } =
        new(
            422,
            $"{Api}/messages#1060",
            "Invalid client reference",
            "The client reference can be a string of up to 40 characters."
        );

    public static VonageProblem InvalidJson(string detail) =>
        new(422, $"{Api}#invalid-json", "The request body did not contain valid JSON", detail);

    public static VonageProblem InvalidParameters(
        IReadOnlyList<(string Name, string Reason)> parameters
    ) =>
        new(
            422,
            $"{Api}/messages#1150",
            "Invalid params",
            "The value of one or more parameters is invalid."
        )
        {
            Parameters = parameters,
        };

    /// <summary>What Vonage says with that status.</summary>
    public static VonageProblem Of(int status) =>
        status switch
        {
            401 => Unauthorized,
            402 => new(
                402,
                $"{Api}/#low-balance",
                "Low balance",
                "This request could not be performed due to your account balance being low."
            ),
            403 => new(
                403,
                $"{Api}/#forbidden",
                "Forbidden",
                "Your account does not have permission to perform this action."
            ),
            404 => new(404, $"{Api}#not-found", "Not Found", "The resource was not found."),
            422 => InvalidSender,
            429 => Throttled,
            >= 500 => new(
                status,
                $"{Api}/messages#1000",
                "Internal error",
                "There was an error processing your request in the Platform."
            ),
            _ => new(status, $"{Api}/messages#1021", "Invalid request", "The request was refused."),
        };

    /// <summary>Writes it as the answer.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var json = new JsonObject
        {
            ["type"] = Type,
            ["title"] = Title,
            ["detail"] = Detail,
            ["instance"] = Guid.NewGuid().ToString("N"),
        };
        if (Parameters.Count > 0)
        {
            json["invalid_parameters"] = new JsonArray([
                .. Parameters.Select(p => new JsonObject
                {
                    ["name"] = p.Name,
                    ["reason"] = p.Reason,
                }),
            ]);
        }
        context.Response.StatusCode = Status;
        return context.Response.WriteAsJsonAsync(json, context.RequestAborted);
    }
}
