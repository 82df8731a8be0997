using System.Security.Claims;
using System.Text.Json.Serialization;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.People;
using Clinic.Inbox.Templates;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>What happens when a client texts a closed clinic.</summary>
internal static class AutoResponseApi
{
    private const int MostUsers = 100;

    public static void MapAutoResponse(this IEndpointRouteBuilder api)
    {
        var auto = api.MapGroup("/settings/auto-response").WithTags("Settings");
        auto.MapGet("", ReadAsync).RequireAuthorization(ApiPolicies.Read);
        auto.MapPut("", ChangeAsync).RequireAuthorization(ApiPolicies.Manage);
    }

    /// <summary>Reads the auto-response and who is alerted after hours</summary>
    internal static async Task<Ok<ApiAutoResponse>> ReadAsync(
        AfterHoursBook book,
        TemplateBook templates,
        CancellationToken cancellation
    )
    {
        var settings = await book.ReadAsync(cancellation);
        var text =
            await templates.OwnTextAsync(TemplateKind.AutoResponse, scope: "", cancellation)
            ?? TemplateInfo.Of(TemplateKind.AutoResponse).DefaultText;
        return TypedResults.Ok(
            new ApiAutoResponse(
                settings.AutoResponse,
                text,
                settings.AlertUserIds,
                settings.AlertQuotesText
            )
        );
    }

    /// <summary>Changes what is given and leaves the rest: 422 <c>badTemplate</c>, <c>unknownUser</c></summary>
    internal static async Task<Results<Ok<ApiAutoResponse>, BadTemplate, ApiProblem>> ChangeAsync(
        AutoResponseInput body,
        ClaimsPrincipal user,
        AfterHoursBook book,
        TemplateBook templates,
        CancellationToken cancellation
    )
    {
        var text = body.Text?.ReplaceLineEndings("\n").Trim();
        if (
            text is not null
            && !TemplateText.TryParse(TemplateKind.AutoResponse, text, out _, out var problems)
        )
        {
            return new BadTemplate(problems);
        }
        if (
            body.AlertUserIds is { Count: > MostUsers }
            || body.AlertUserIds?.Contains(null!) is true
        )
        {
            return ApiProblem.Invalid("alertUserIds", $"At most {MostUsers} ids of users.");
        }
        var now = await book.ReadAsync(cancellation);
        var wanted = new AfterHoursSettings(
            body.Active ?? now.AutoResponse,
            body.AlertUserIds?.Distinct(StringComparer.Ordinal).ToList() ?? now.AlertUserIds,
            body.QuoteText ?? now.AlertQuotesText
        );
        var actor = user.Actor();
        if (await book.SaveAsync(wanted, actor, cancellation) is { } unreachable)
        {
            return HoursApi.Refusal(
                "unknownUser",
                "A user who is to be alerted can't be: gone, deactivated or without an email address.",
                [("alertUserIds", unreachable)]
            );
        }
        var before = await templates.OwnTextAsync(TemplateKind.AutoResponse, "", cancellation);
        if (text is not null && text != before)
        {
            await templates.SaveAsync(
                TemplateKind.AutoResponse,
                scope: "",
                text,
                expected: null,
                actor,
                cancellation
            );
        }
        return await ReadAsync(book, templates, cancellation);
    }
}

/// <summary>What happens when a client texts a closed clinic.</summary>
/// <param name="Active">Whether clients are answered.</param>
/// <param name="Text">With its variables, as it is written.</param>
/// <param name="AlertUserIds">Users who get an email.</param>
/// <param name="QuoteText">Whether that email quotes what the client wrote.</param>
internal sealed record ApiAutoResponse(
    bool Active,
    string Text,
    IReadOnlyList<string> AlertUserIds,
    bool QuoteText
);

/// <summary>What shall change; null leaves it as it is.</summary>
internal sealed record AutoResponseInput(
    bool? Active,
    [property: JsonConverter(typeof(LenientText))] string? Text,
    IReadOnlyList<string>? AlertUserIds,
    bool? QuoteText
);
