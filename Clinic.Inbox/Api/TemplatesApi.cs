using System.Security.Claims;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>The texts that the system sends by itself.</summary>
internal static class TemplatesApi
{
    private static readonly ApiProblem UnknownType = ApiProblem.Unprocessable(
        "unknownType",
        "There is no appointment type with this id."
    );

    public static void MapTemplates(this IEndpointRouteBuilder api)
    {
        var templates = api.MapGroup("/templates").WithTags("Templates");
        templates.MapGet("", ListAsync).RequireAuthorization(ApiPolicies.Read);
        templates.MapGet("/{kind}", FindAsync).RequireAuthorization(ApiPolicies.Read);
        templates.MapPut("/{kind}", SaveAsync).RequireAuthorization(ApiPolicies.Manage);
    }

    /// <summary>Lists the texts that the system sends by itself</summary>
    internal static async Task<Ok<ApiList<ApiTemplate>>> ListAsync(
        WordingQueries wordings,
        ScheduleQueries schedule,
        CancellationToken cancellation
    )
    {
        var overrides = await wordings.OverridesAsync(cancellation);
        var types = await schedule.TypesAsync(cancellation);
        var all = await wordings.ClinicAsync(cancellation);
        return TypedResults.Ok(
            new ApiList<ApiTemplate>(
                [.. all.Select(wording => ApiTemplate.Of(wording, overrides, types))],
                Next: null
            )
        );
    }

    /// <summary>Finds one text, with what it may name and the texts of appointment types</summary>
    /// <param name="kind">
    /// appointmentConfirmation, appointmentReminder, appointmentPreVisit, medicalReminder, autoResponse, firstMessageSuffix,
    /// optOutReply, optInReply, helpReply, optInRequest, optInConfirmation or secondOptInSuffix.
    /// </param>
    internal static async Task<Results<Ok<ApiTemplate>, ApiProblem>> FindAsync(
        string kind,
        WordingQueries wordings,
        ScheduleQueries schedule,
        CancellationToken cancellation
    ) =>
        TemplateInfo.Find(kind) is { } info
            ? TypedResults.Ok(await ReadAsync(info, wordings, schedule, cancellation))
            : ApiProblem.NotFound("text");

    /// <summary>Says what is sent from now on; earlier versions are kept</summary>
    /// <remarks>
    /// Mistakes answer 422 `badTemplate` with `errors: [{line, column, message}]`, and nothing is saved. With an
    /// `appointmentTypeId` it is the text of that type alone; `text: null` gives it up.
    /// </remarks>
    /// <param name="kind">As for GET.</param>
    internal static async Task<Results<Ok<ApiTemplate>, BadTemplate, ApiProblem>> SaveAsync(
        string kind,
        TemplateInput body,
        ClaimsPrincipal user,
        TemplateBook book,
        WordingQueries wordings,
        ScheduleQueries schedule,
        CancellationToken cancellation
    )
    {
        if (TemplateInfo.Find(kind) is not { } info)
        {
            return ApiProblem.NotFound("text");
        }
        var scope = body.AppointmentTypeId ?? "";
        if (scope.Length == 0 && body.Text is null)
        {
            return ApiProblem.Invalid(
                "text",
                "Give a text. Only that of an appointment type can be given up."
            );
        }
        if (scope.Length > 0 && !info.HasOverrides)
        {
            return ApiProblem.Invalid(
                "appointmentTypeId",
                "Appointment types have no text of their own of this kind."
            );
        }
        var types = await schedule.TypesAsync(cancellation);
        if (scope.Length > 0 && !types.Any(t => t.Id.ToString() == scope))
        {
            return UnknownType;
        }
        var saved = await book.SaveAsync(
            info.Kind,
            scope,
            body.Text,
            expected: null,
            user.Actor(),
            cancellation
        );
        return saved is TemplateResult.Refused refused
            ? new BadTemplate(refused.Problems)
            : TypedResults.Ok(await ReadAsync(info, wordings, schedule, cancellation));
    }

    private static async Task<ApiTemplate> ReadAsync(
        TemplateInfo info,
        WordingQueries wordings,
        ScheduleQueries schedule,
        CancellationToken cancellation
    ) =>
        ApiTemplate.Of(
            await wordings.OneAsync(info.Kind, "", cancellation),
            await wordings.OverridesAsync(cancellation),
            await schedule.TypesAsync(cancellation)
        );
}
