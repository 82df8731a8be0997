using System.Reflection;
using System.Text.Json.Serialization;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;

namespace Clinic.Inbox.Api;

/// <summary>A text that the system sends by itself.</summary>
/// <param name="Text">What is sent now, as a template.</param>
/// <param name="IsDefault">It is the product's own wording.</param>
/// <param name="Version">Counts what was saved; 0: nothing was.</param>
/// <param name="UpdatedBy">Who saved that version; null for none.</param>
/// <param name="Variables">What the text may name.</param>
/// <param name="Overrides">Appointment types with a text of their own.</param>
internal sealed record ApiTemplate(
    TemplateKind Kind,
    string Title,
    string Text,
    bool IsDefault,
    int Version,
    DateTimeOffset? UpdatedAt,
    string? UpdatedBy,
    IReadOnlyList<ApiTemplateVariable> Variables,
    IReadOnlyList<ApiTemplateOverride> Overrides
)
{
    public static ApiTemplate Of(
        Wording wording,
        IEnumerable<Wording> overrides,
        IReadOnlyList<AppointmentType> types
    ) =>
        new(
            wording.Kind,
            TemplateInfo.Of(wording.Kind).Title,
            wording.Text,
            wording.IsDefault,
            wording.Version,
            wording.At,
            wording.By,
            [
                .. TemplateVariables
                    .For(wording.Kind)
                    .Select(v => new ApiTemplateVariable(v.Name, v.Meaning, v.Example)),
            ],
            [
                .. types.Join(
                    overrides.Where(o => o.Kind == wording.Kind),
                    type => type.Id.ToString(),
                    own => own.Scope,
                    (type, own) => new ApiTemplateOverride(own.Scope, type.Name, own.Text),
                    StringComparer.Ordinal
                ),
            ]
        );
}

/// <summary>Something that a text may name, as <c>{{ client.first_name }}</c>.</summary>
internal sealed record ApiTemplateVariable(string Name, string Meaning, string Example);

/// <summary>What is sent instead for visits of one appointment type.</summary>
/// <param name="AppointmentType">Its name.</param>
internal sealed record ApiTemplateOverride(
    string AppointmentTypeId,
    string AppointmentType,
    string Text
);

/// <summary>What a text shall say from now on.</summary>
/// <param name="Text">At most 1,000 characters; null gives up the text of an appointment type.</param>
/// <param name="AppointmentTypeId">Whose own text it is; without it, the clinic's.</param>
internal sealed record TemplateInput(
    [property: JsonConverter(typeof(LenientText))] string? Text,
    string? AppointmentTypeId
);

/// <summary>The text has mistakes: 422 <c>badTemplate</c>, each with its place. Nothing was saved.</summary>
internal sealed record BadTemplate(IReadOnlyList<TemplateProblem> Problems)
    : IResult,
        IEndpointMetadataProvider
{
    private const int Status = StatusCodes.Status422UnprocessableEntity;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        return httpContext.Response.WriteAsJsonAsync(
            new ApiTemplateError(
                "about:blank",
                ReasonPhrases.GetReasonPhrase(Status),
                Status,
                "The text has mistakes; nothing was saved.",
                "badTemplate",
                [.. Problems.Select(p => new ApiTemplateProblem(p.Line, p.Column, p.Message))]
            ),
            options: null,
            ApiProblem.ContentType,
            httpContext.RequestAborted
        );
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(
                Status,
                typeof(ApiTemplateError),
                [ApiProblem.ContentType]
            )
        );
}

/// <summary>The body of <c>badTemplate</c>.</summary>
/// <param name="Errors">Every mistake that was found, the first first.</param>
internal sealed record ApiTemplateError(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    IReadOnlyList<ApiTemplateProblem> Errors
);

/// <summary>What is wrong in a text, and where.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
/// <param name="Message">In plain words, with what to do.</param>
internal sealed record ApiTemplateProblem(int Line, int Column, string Message);
