using System.Security.Claims;
using Clinic.Inbox.Clients;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>What the clinic gives, when clients are reminded of it, and to whom it was given.</summary>
internal static class InventoryItemsApi
{
    public static void MapInventoryItems(this IEndpointRouteBuilder api)
    {
        var items = api.MapGroup("/inventory-items").WithTags("Inventory items");
        items.MapGet("", ListAsync).RequireAuthorization(ApiPolicies.Read);
        items.MapPost("", AddAsync).RequireAuthorization(ApiPolicies.Write);
        items.MapGet("/{id}", FindAsync).RequireAuthorization(ApiPolicies.Read);
        items.MapPatch("/{id}", UpdateAsync).RequireAuthorization(ApiPolicies.Write);
        items.MapPost("/{id}/given", GiveAsync).RequireAuthorization(ApiPolicies.Write);
        items
            .MapGet("/external/{externalId}", FindExternalAsync)
            .RequireAuthorization(ApiPolicies.Read);
        items.MapPut("/external/{externalId}", UpsertAsync).RequireAuthorization(ApiPolicies.Write);
    }

    /// <summary>Lists the inventory items by name, those that are still given first</summary>
    internal static async Task<Ok<ApiList<ApiInventoryItem>>> ListAsync(
        CareQueries care,
        CancellationToken cancellation
    )
    {
        var rows = await care.ItemsAsync(cancellation);
        return TypedResults.Ok(
            new ApiList<ApiInventoryItem>(
                [.. rows.Select(row => ApiInventoryItem.Of(row.Item))],
                Next: null
            )
        );
    }

    /// <summary>Adds an inventory item</summary>
    internal static async Task<
        Results<Created<ApiInventoryItem>, Ok<ApiInventoryItem>, ApiProblem>
    > AddAsync(
        InventoryItemInput body,
        ClaimsPrincipal user,
        InventoryBook book,
        CancellationToken cancellation
    ) => Answer(await book.AddAsync(body.ToDraft(), user.Actor(), cancellation));

    /// <summary>Finds one inventory item</summary>
    internal static async Task<Results<Ok<ApiInventoryItem>, ApiProblem>> FindAsync(
        string id,
        CareQueries care,
        CancellationToken cancellation
    ) =>
        await care.ItemAsync(ApiId.Of<InventoryItem>(id), cancellation) is { } item
            ? TypedResults.Ok(ApiInventoryItem.Of(item))
            : ApiProblem.NotFound("inventory item");

    /// <summary>Finds one inventory item by the practice system's id</summary>
    internal static async Task<Results<Ok<ApiInventoryItem>, ApiProblem>> FindExternalAsync(
        string externalId,
        CareQueries care,
        CancellationToken cancellation
    ) =>
        await care.ItemByExternalIdAsync(externalId, cancellation) is { } item
            ? TypedResults.Ok(ApiInventoryItem.Of(item))
            : ApiProblem.NotFound("inventory item");

    /// <summary>Changes what is given and leaves the rest; an action that is null is taken away</summary>
    /// <remarks>What is due of the item is planned anew by its action.</remarks>
    internal static async Task<
        Results<Created<ApiInventoryItem>, Ok<ApiInventoryItem>, ApiProblem>
    > UpdateAsync(
        string id,
        InventoryItemInput body,
        ClaimsPrincipal user,
        InventoryBook book,
        CancellationToken cancellation
    ) =>
        Answer(
            await book.UpdateAsync(
                ApiId.Of<InventoryItem>(id),
                body.ToDraft(),
                user.Actor(),
                cancellation
            )
        );

    /// <summary>Makes the practice system's inventory item what it says: 201 when new, else 200</summary>
    internal static async Task<
        Results<Created<ApiInventoryItem>, Ok<ApiInventoryItem>, ApiProblem>
    > UpsertAsync(
        string externalId,
        InventoryItemInput body,
        ClaimsPrincipal user,
        InventoryBook book,
        CancellationToken cancellation
    ) =>
        Answer(
            await book.UpsertExternalAsync(externalId, body.ToDraft(), user.Actor(), cancellation)
        );

    /// <summary>Notes that the item was given to a patient: 201, or 200 when that day was noted before</summary>
    /// <remarks>
    /// What the patient was due for of it is settled, and when the item has a reminder action, its next time becomes due. A day
    /// before one that is known already changes no due date.
    /// </remarks>
    internal static async Task<
        Results<Created<ApiTreatment>, Ok<ApiTreatment>, ApiProblem>
    > GiveAsync(
        string id,
        GivenInput body,
        ClaimsPrincipal user,
        PatientBook patients,
        InventoryBook book,
        CancellationToken cancellation
    )
    {
        if (body.GivenOn is not { } day)
        {
            return ApiProblem.Invalid("givenOn", "Say on which day it was given.");
        }
        var patient = await ApiId.NamedAsync(
            body.PatientId,
            body.PatientExternalId,
            async externalId => (await patients.FindByExternalIdAsync(externalId, cancellation))?.Id
        );
        var given = await book.GiveAsync(
            patient ?? default,
            ApiId.Of<InventoryItem>(id),
            day,
            user.Actor(),
            cancellation
        );
        return given switch
        {
            GivenResult.Noted { Created: true } noted => TypedResults.Created(
                $"{ApiSetup.Root}/inventory-items/{noted.Treatment.ItemId}",
                ApiTreatment.Of(noted)
            ),
            GivenResult.Noted noted => TypedResults.Ok(ApiTreatment.Of(noted)),
            GivenResult.Invalid invalid => ApiProblem.Invalid(invalid.Problem),
            _ => ApiProblem.NotFound("inventory item"),
        };
    }

    private static Results<Created<ApiInventoryItem>, Ok<ApiInventoryItem>, ApiProblem> Answer(
        InventoryResult result
    ) =>
        result switch
        {
            InventoryResult.Saved { Created: true } saved => TypedResults.Created(
                $"{ApiSetup.Root}/inventory-items/{saved.Item.Id}",
                ApiInventoryItem.Of(saved.Item)
            ),
            InventoryResult.Saved saved => TypedResults.Ok(ApiInventoryItem.Of(saved.Item)),
            InventoryResult.Invalid invalid => ApiProblem.Invalid(invalid.Problem),
            _ => ApiProblem.NotFound("inventory item"),
        };
}
