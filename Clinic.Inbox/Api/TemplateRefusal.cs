using Clinic.Inbox.Templates;
using Microsoft.AspNetCore.WebUtilities;

namespace Clinic.Inbox.Api;

/// <summary>A text that can't be sent as it is written: 422 <c>badTemplate</c>, each problem with its place.</summary>
internal sealed record TemplateRefusal(IReadOnlyList<TemplateProblem> Problems) : IResult
{
    public const string Code = "badTemplate";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        const int Status = StatusCodes.Status422UnprocessableEntity;
        httpContext.Response.StatusCode = Status;
        return httpContext.Response.WriteAsJsonAsync(
            new ApiTemplateError(
                "about:blank",
                ReasonPhrases.GetReasonPhrase(Status),
                Status,
                "The text can't be sent as it is written: see the errors.",
                Code,
                Problems
            ),
            options: null,
            ApiProblem.ContentType,
            httpContext.RequestAborted
        );
    }
}

/// <summary>The body of <c>badTemplate</c>.</summary>
/// <param name="Errors">What is wrong, at which line and column, both from 1.</param>
internal sealed record ApiTemplateError(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    IReadOnlyList<TemplateProblem> Errors
);
