using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Clinic.Inbox.Clients;
using Microsoft.AspNetCore.WebUtilities;

namespace Clinic.Inbox.Api;

/// <summary>An error as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable: programs decide by it.</param>
/// <param name="Detail">In plain words, for whoever reads the log of the calling program.</param>
internal sealed partial record ApiProblem(int Status, string Code, string Detail) : IResult
{
    public const string ContentType = "application/problem+json";

    /// <summary>What is wrong where: fields of the body or query in camelCase, <c>phones[1].number</c>.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public static ApiProblem Invalid(string field, string problem) => Invalid([(field, problem)]);

    public static ApiProblem Invalid(IEnumerable<(string Field, string Problem)> problems) =>
        new(StatusCodes.Status400BadRequest, "validation", "The request has fields that are wrong.")
        {
            Errors = problems
                .GroupBy(p => p.Field, p => p.Problem, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal),
        };

    public static ApiProblem Invalid(params IEnumerable<FieldProblem> problems) =>
        Invalid(problems.Select(p => (p.Field, p.Problem)));

    public static ApiProblem NotFound(string what) =>
        new(StatusCodes.Status404NotFound, "notFound", $"There is no {what} with this id.");

    public static ApiProblem Conflict(string code, string detail) =>
        new(StatusCodes.Status409Conflict, code, detail);

    public static ApiProblem Unprocessable(string code, string detail) =>
        new(StatusCodes.Status422UnprocessableEntity, code, detail);

    /// <summary>What an error says that came without a body.</summary>
    public static ApiProblem Of(int status) =>
        status switch
        {
            StatusCodes.Status400BadRequest => new(
                status,
                "badRequest",
                "The request can't be understood."
            ),
            StatusCodes.Status401Unauthorized => new(
                status,
                "unauthorized",
                "Send a valid API key: Authorization: Bearer <key>. Keys are made in Settings, API keys."
            ),
            StatusCodes.Status403Forbidden => new(
                status,
                "forbidden",
                "This API key lacks the scope that this request needs."
            ),
            StatusCodes.Status404NotFound => new(status, "notFound", "There is nothing here."),
            StatusCodes.Status405MethodNotAllowed => new(
                status,
                "methodNotAllowed",
                "This address does not take this method; the header Allow names those it takes."
            ),
            StatusCodes.Status413PayloadTooLarge => new(
                status,
                "tooLarge",
                $"A request has at most {ApiSetup.LargestBody / 1024} KiB."
            ),
            StatusCodes.Status415UnsupportedMediaType => new(
                status,
                "unsupportedMediaType",
                "Send JSON: Content-Type: application/json."
            ),
            StatusCodes.Status429TooManyRequests => new(
                status,
                "tooManyRequests",
                "This key asks too often. Wait as long as the header Retry-After says."
            ),
            >= 500 => new(
                status,
                "internal",
                "Something went wrong here. It was noted; try again, and with the same Idempotency-Key if you sent one."
            ),
            _ => new(status, "badRequest", ReasonPhrases.GetReasonPhrase(status)),
        };

    /// <summary>A parameter that is not of its type.</summary>
    public static ApiProblem Unreadable(string parameter) =>
        Invalid(parameter, "This value can't be read.");

    /// <summary>Names what the framework could not read of a request.</summary>
    public static ApiProblem Of(BadHttpRequestException refused)
    {
        if (refused.StatusCode != StatusCodes.Status400BadRequest)
        {
            return Of(refused.StatusCode);
        }
        if (refused.InnerException is JsonException json)
        {
            return OfJson(json);
        }
        if (Parameter().Match(refused.Message) is { Success: true } parameter)
        {
            return Unreadable(parameter.Groups["name"].Value);
        }
        return refused.Message.Contains("body", StringComparison.OrdinalIgnoreCase)
            ? new(refused.StatusCode, "invalidJson", "The request needs a body: a JSON object.")
            : Of(refused.StatusCode);
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        return httpContext.Response.WriteAsJsonAsync(
            new ApiError("about:blank", ReasonPhrases.GetReasonPhrase(Status), Status, Detail, Code)
            {
                Errors = Errors,
            },
            options: null,
            ContentType,
            httpContext.RequestAborted
        );
    }

    private static ApiProblem OfJson(JsonException json)
    {
        var field = json.Path?.TrimStart('$').TrimStart('.') ?? "";
        // The reader's own exception inside means that it is no JSON; without it a value has the wrong type.
        return json.InnerException is JsonException || field.Length == 0
            ? new(
                StatusCodes.Status400BadRequest,
                "invalidJson",
                $"The body is no JSON that can be read: line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}{(field.Length > 0 ? $", in {field}" : "")}."
            )
            : Invalid(field, "This value has the wrong type or form.");
    }

    [GeneratedRegex(
        "parameter \"(?:[^\" ]+ )?(?<name>\\w+)\" from \"|parameter \"(?:[^\" ]+ )?(?<name>\\w+)\" was not provided from (?:route or )?query",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100
    )]
    private static partial Regex Parameter();
}

/// <summary>The body of every error.</summary>
/// <param name="Type">Always <c>about:blank</c>: the code says what it is.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Code">Stable: decide by it.</param>
/// <param name="Detail">In plain words.</param>
internal sealed record ApiError(string Type, string Title, int Status, string Detail, string Code)
{
    /// <summary>For <c>validation</c>: what is wrong where.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}
