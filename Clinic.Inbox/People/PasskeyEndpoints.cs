using System.Net.Mime;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Antiforgery;

namespace Clinic.Inbox.People;

/// <summary>What a browser asks before its device makes a passkey or proves one; from forms of ours.</summary>
internal static class PasskeyEndpoints
{
    public static void MapPasskeys(this IEndpointRouteBuilder endpoints)
    {
        // Antiforgery is asked below: its own middleware looks only at endpoints that read a form.
        endpoints
            .MapPost(Paths.PasskeyRequest, RequestAsync)
            .AllowAnonymous()
            .DisableAntiforgery()
            .RequireRateLimiting(SignInLimit.Policy)
            .ExcludeFromDescription();
        endpoints
            .MapPost(Paths.PasskeyCreation, CreationAsync)
            .AllowAnonymous()
            .DisableAntiforgery()
            .RequireRateLimiting(SignInLimit.Policy)
            .ExcludeFromDescription();
    }

    private static async Task<IResult> RequestAsync(
        HttpContext context,
        IAntiforgery forms,
        SecondStep step,
        SecondFactors factors
    )
    {
        if (!await forms.IsOursAsync(context))
        {
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }
        var pending = await step.PendingAsync();
        return Json(await factors.AskForPasskeyAsync(pending?.User));
    }

    private static async Task<IResult> CreationAsync(
        HttpContext context,
        IAntiforgery forms,
        AccountOwners owners,
        SecondFactors factors
    )
    {
        if (!await forms.IsOursAsync(context))
        {
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }
        if (await owners.FindAsync() is not { } owner)
        {
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        return await owners.ProvesAsync(owner, form["Input.Current"], context.RequestAborted)
            ? Json(await factors.AskForNewPasskeyAsync(owner.User))
            : Results.Text(
                "The password is not right.",
                statusCode: StatusCodes.Status422UnprocessableEntity
            );
    }

    private static IResult Json(string options) =>
        Results.Content(options, MediaTypeNames.Application.Json);
}
