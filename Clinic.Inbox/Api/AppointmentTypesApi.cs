using System.Security.Claims;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>Kinds of visits.</summary>
internal static class AppointmentTypesApi
{
    public static void MapAppointmentTypes(this IEndpointRouteBuilder api)
    {
        var types = api.MapGroup("/appointment-types").WithTags("Appointments");
        types.MapGet("", ListAsync).RequireAuthorization(ApiPolicies.Read);
        types.MapPost("", AddAsync).RequireAuthorization(ApiPolicies.Write);
        types.MapGet("/{id}", FindAsync).RequireAuthorization(ApiPolicies.Read);
        types.MapPatch("/{id}", UpdateAsync).RequireAuthorization(ApiPolicies.Write);
        types.MapPut("/external/{externalId}", UpsertAsync).RequireAuthorization(ApiPolicies.Write);
    }

    /// <summary>Lists the kinds of visits by name</summary>
    internal static async Task<Ok<ApiList<ApiAppointmentType>>> ListAsync(
        ScheduleQueries schedule,
        CancellationToken cancellation
    )
    {
        var types = await schedule.TypesAsync(cancellation);
        return TypedResults.Ok(
            new ApiList<ApiAppointmentType>([.. types.Select(ApiAppointmentType.Of)], Next: null)
        );
    }

    /// <summary>Adds a kind of visit</summary>
    internal static async Task<
        Results<Created<ApiAppointmentType>, Ok<ApiAppointmentType>, ApiProblem>
    > AddAsync(
        AppointmentTypeInput body,
        ClaimsPrincipal user,
        AppointmentTypeBook book,
        CancellationToken cancellation
    ) => Answer(await book.AddAsync(body.ToDraft(), user.Actor(), cancellation));

    /// <summary>Finds one kind of visit</summary>
    internal static async Task<Results<Ok<ApiAppointmentType>, ApiProblem>> FindAsync(
        string id,
        ScheduleQueries schedule,
        CancellationToken cancellation
    )
    {
        var types = await schedule.TypesAsync(cancellation);
        return types.FirstOrDefault(t => t.Id == ApiId.Of<AppointmentType>(id)) is { } type
            ? TypedResults.Ok(ApiAppointmentType.Of(type))
            : ApiProblem.NotFound("appointment type");
    }

    /// <summary>Changes what is given and leaves the rest</summary>
    internal static async Task<
        Results<Created<ApiAppointmentType>, Ok<ApiAppointmentType>, ApiProblem>
    > UpdateAsync(
        string id,
        AppointmentTypeInput body,
        ClaimsPrincipal user,
        AppointmentTypeBook book,
        CancellationToken cancellation
    ) =>
        Answer(
            await book.UpdateAsync(
                ApiId.Of<AppointmentType>(id),
                body.ToDraft(),
                user.Actor(),
                cancellation
            )
        );

    /// <summary>Makes the practice system's kind of visit what it says: 201 when new, else 200</summary>
    internal static async Task<
        Results<Created<ApiAppointmentType>, Ok<ApiAppointmentType>, ApiProblem>
    > UpsertAsync(
        string externalId,
        AppointmentTypeInput body,
        ClaimsPrincipal user,
        AppointmentTypeBook book,
        CancellationToken cancellation
    ) =>
        Answer(
            await book.UpsertExternalAsync(externalId, body.ToDraft(), user.Actor(), cancellation)
        );

    private static Results<Created<ApiAppointmentType>, Ok<ApiAppointmentType>, ApiProblem> Answer(
        AppointmentTypeResult result
    ) =>
        result switch
        {
            AppointmentTypeResult.Saved { Created: true } saved => TypedResults.Created(
                $"{ApiSetup.Root}/appointment-types/{saved.Type.Id}",
                ApiAppointmentType.Of(saved.Type)
            ),
            AppointmentTypeResult.Saved saved => TypedResults.Ok(ApiAppointmentType.Of(saved.Type)),
            AppointmentTypeResult.Invalid invalid => ApiProblem.Invalid(invalid.Problem),
            _ => ApiProblem.NotFound("appointment type"),
        };
}
