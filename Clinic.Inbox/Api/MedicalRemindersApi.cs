using System.Security.Claims;
using Clinic.Inbox.Clients;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>What patients are due for.</summary>
internal static class MedicalRemindersApi
{
    public static void MapMedicalReminders(this IEndpointRouteBuilder api)
    {
        var reminders = api.MapGroup("/medical-reminders").WithTags("Medical reminders");
        reminders.MapGet("", ListAsync).RequireAuthorization(ApiPolicies.Read);
        reminders.MapPost("", AddAsync).RequireAuthorization(ApiPolicies.Write);
        reminders.MapGet("/{id}", FindAsync).RequireAuthorization(ApiPolicies.Read);
        reminders.MapPatch("/{id}", UpdateAsync).RequireAuthorization(ApiPolicies.Write);
        reminders
            .MapGet("/external/{externalId}", FindExternalAsync)
            .RequireAuthorization(ApiPolicies.Read);
        reminders
            .MapPut("/external/{externalId}", UpsertAsync)
            .RequireAuthorization(ApiPolicies.Write);
    }

    /// <summary>Lists medical reminders, oldest record first</summary>
    /// <param name="clientId">Only this client's.</param>
    /// <param name="limit">Most items, 1 to 200; 50 when not given.</param>
    /// <param name="after">The next of the page before.</param>
    internal static async Task<Results<Ok<ApiList<ApiMedicalReminder>>, ApiProblem>> ListAsync(
        string? clientId,
        int? limit,
        string? after,
        MedicalReminderBook reminders,
        CancellationToken cancellation
    )
    {
        var page = ApiPage.ByAge<MedicalReminder>(limit, after);
        if (page.Problem is { } problem)
        {
            return problem;
        }
        var found = await reminders.ListAsync(
            string.IsNullOrEmpty(clientId) ? null : ApiId.Of<Client>(clientId),
            page.After,
            page.Size + 1,
            cancellation
        );
        return TypedResults.Ok(
            ApiList<ApiMedicalReminder>.Of(
                found,
                page.Size,
                ApiMedicalReminder.Of,
                reminder => ApiCursor.Of(reminder.Id.ToString())
            )
        );
    }

    /// <summary>Adds what a patient is due for</summary>
    internal static async Task<
        Results<Created<ApiMedicalReminder>, Ok<ApiMedicalReminder>, ApiProblem>
    > AddAsync(
        MedicalReminderInput body,
        ClaimsPrincipal user,
        PatientBook patients,
        CareQueries care,
        MedicalReminderBook reminders,
        CancellationToken cancellation
    ) =>
        Answer(
            await reminders.AddAsync(
                await DraftAsync(patients, care, body, cancellation),
                user.Actor(),
                cancellation
            )
        );

    /// <summary>Finds one medical reminder</summary>
    internal static async Task<Results<Ok<ApiMedicalReminder>, ApiProblem>> FindAsync(
        string id,
        MedicalReminderBook reminders,
        CancellationToken cancellation
    ) =>
        await reminders.FindAsync(ApiId.Of<MedicalReminder>(id), cancellation) is { } reminder
            ? TypedResults.Ok(ApiMedicalReminder.Of(reminder))
            : ApiProblem.NotFound("medical reminder");

    /// <summary>Finds one medical reminder by the practice system's id</summary>
    internal static async Task<Results<Ok<ApiMedicalReminder>, ApiProblem>> FindExternalAsync(
        string externalId,
        MedicalReminderBook reminders,
        CancellationToken cancellation
    ) =>
        await reminders.FindByExternalIdAsync(externalId, cancellation) is { } reminder
            ? TypedResults.Ok(ApiMedicalReminder.Of(reminder))
            : ApiProblem.NotFound("medical reminder");

    /// <summary>Changes what is given and leaves the rest</summary>
    internal static async Task<
        Results<Created<ApiMedicalReminder>, Ok<ApiMedicalReminder>, ApiProblem>
    > UpdateAsync(
        string id,
        MedicalReminderInput body,
        ClaimsPrincipal user,
        PatientBook patients,
        CareQueries care,
        MedicalReminderBook reminders,
        CancellationToken cancellation
    ) =>
        Answer(
            await reminders.UpdateAsync(
                ApiId.Of<MedicalReminder>(id),
                await DraftAsync(patients, care, body, cancellation),
                user.Actor(),
                cancellation
            )
        );

    /// <summary>Makes the practice system's medical reminder what it says: 201 when new, else 200</summary>
    internal static async Task<
        Results<Created<ApiMedicalReminder>, Ok<ApiMedicalReminder>, ApiProblem>
    > UpsertAsync(
        string externalId,
        MedicalReminderInput body,
        ClaimsPrincipal user,
        PatientBook patients,
        CareQueries care,
        MedicalReminderBook reminders,
        CancellationToken cancellation
    ) =>
        Answer(
            await reminders.UpsertExternalAsync(
                externalId,
                await DraftAsync(patients, care, body, cancellation),
                user.Actor(),
                cancellation
            )
        );

    /// <summary>A patient or item that is named but not there becomes the empty id, which the book refuses.</summary>
    private static async Task<MedicalReminderDraft> DraftAsync(
        PatientBook patients,
        CareQueries care,
        MedicalReminderInput body,
        CancellationToken cancellation
    )
    {
        var patient = await ApiId.NamedAsync(
            body.PatientId,
            body.PatientExternalId,
            async externalId => (await patients.FindByExternalIdAsync(externalId, cancellation))?.Id
        );
        var item = await ApiId.NamedAsync(
            body.ItemId,
            body.ItemExternalId,
            async externalId => (await care.ItemByExternalIdAsync(externalId, cancellation))?.Id
        );
        return new MedicalReminderDraft(patient, body.Name, body.DueOn, item, body.State);
    }

    private static Results<Created<ApiMedicalReminder>, Ok<ApiMedicalReminder>, ApiProblem> Answer(
        MedicalReminderResult result
    ) =>
        result switch
        {
            MedicalReminderResult.Saved { Created: true } saved => TypedResults.Created(
                $"{ApiSetup.Root}/medical-reminders/{saved.Reminder.Id}",
                ApiMedicalReminder.Of(saved.Reminder)
            ),
            MedicalReminderResult.Saved saved => TypedResults.Ok(
                ApiMedicalReminder.Of(saved.Reminder)
            ),
            MedicalReminderResult.Invalid invalid => ApiProblem.Invalid(invalid.Problem),
            _ => ApiProblem.NotFound("medical reminder"),
        };
}
