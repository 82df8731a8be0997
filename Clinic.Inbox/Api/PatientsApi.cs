using System.Security.Claims;
using Clinic.Inbox.Clients;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>Patients.</summary>
internal static class PatientsApi
{
    public static void MapPatients(this IEndpointRouteBuilder api)
    {
        var patients = api.MapGroup("/patients").WithTags("Patients");
        patients.MapGet("", ListAsync).RequireAuthorization(ApiPolicies.Read);
        patients.MapPost("", AddAsync).RequireAuthorization(ApiPolicies.Write);
        patients.MapGet("/{id}", FindAsync).RequireAuthorization(ApiPolicies.Read);
        patients.MapPatch("/{id}", UpdateAsync).RequireAuthorization(ApiPolicies.Write);
        patients
            .MapGet("/external/{externalId}", FindExternalAsync)
            .RequireAuthorization(ApiPolicies.Read);
        patients
            .MapPut("/external/{externalId}", UpsertAsync)
            .RequireAuthorization(ApiPolicies.Write);
    }

    /// <summary>Lists patients, oldest record first</summary>
    /// <param name="clientId">Only this client's.</param>
    /// <param name="limit">Most items, 1 to 200; 50 when not given.</param>
    /// <param name="after">The next of the page before.</param>
    internal static async Task<Results<Ok<ApiList<ApiPatient>>, ApiProblem>> ListAsync(
        string? clientId,
        int? limit,
        string? after,
        PatientBook patients,
        CancellationToken cancellation
    )
    {
        var page = ApiPage.ByAge<Patient>(limit, after);
        if (page.Problem is { } problem)
        {
            return problem;
        }
        var found = await patients.ListAsync(
            string.IsNullOrEmpty(clientId) ? null : ApiId.Of<Client>(clientId),
            page.After,
            page.Size + 1,
            cancellation
        );
        return TypedResults.Ok(
            ApiList<ApiPatient>.Of(
                found,
                page.Size,
                ApiPatient.Of,
                patient => ApiCursor.Of(patient.Id.ToString())
            )
        );
    }

    /// <summary>Adds a patient to a client</summary>
    internal static async Task<Results<Created<ApiPatient>, Ok<ApiPatient>, ApiProblem>> AddAsync(
        PatientInput body,
        ClaimsPrincipal user,
        ClientBook clients,
        PatientBook patients,
        CancellationToken cancellation
    ) =>
        await clients.FindClientAsync(body.ClientId, body.ClientExternalId, cancellation)
            is { } owner
            ? Answer(await patients.AddAsync(owner, body.ToDraft(), user.Actor(), cancellation))
            : OwnerProblem(body);

    /// <summary>Finds one patient</summary>
    internal static async Task<Results<Ok<ApiPatient>, ApiProblem>> FindAsync(
        string id,
        PatientBook patients,
        CancellationToken cancellation
    ) =>
        await patients.FindAsync(ApiId.Of<Patient>(id), cancellation) is { } patient
            ? TypedResults.Ok(ApiPatient.Of(patient))
            : ApiProblem.NotFound("patient");

    /// <summary>Finds one patient by the practice system's id</summary>
    internal static async Task<Results<Ok<ApiPatient>, ApiProblem>> FindExternalAsync(
        string externalId,
        PatientBook patients,
        CancellationToken cancellation
    ) =>
        await patients.FindByExternalIdAsync(externalId, cancellation) is { } patient
            ? TypedResults.Ok(ApiPatient.Of(patient))
            : ApiProblem.NotFound("patient");

    /// <summary>Changes what is given and leaves the rest; the client stays</summary>
    internal static async Task<
        Results<Created<ApiPatient>, Ok<ApiPatient>, ApiProblem>
    > UpdateAsync(
        string id,
        PatientInput body,
        ClaimsPrincipal user,
        PatientBook patients,
        CancellationToken cancellation
    ) =>
        Answer(
            await patients.UpdateAsync(
                ApiId.Of<Patient>(id),
                body.ToDraft(),
                user.Actor(),
                cancellation
            )
        );

    /// <summary>Makes the practice system's patient what it says: 201 when new, else 200</summary>
    internal static async Task<
        Results<Created<ApiPatient>, Ok<ApiPatient>, ApiProblem>
    > UpsertAsync(
        string externalId,
        PatientInput body,
        ClaimsPrincipal user,
        ClientBook clients,
        PatientBook patients,
        CancellationToken cancellation
    )
    {
        var owner = await clients.FindClientAsync(
            body.ClientId,
            body.ClientExternalId,
            cancellation
        );
        if (owner is null && body is { ClientId: null, ClientExternalId: null })
        {
            // One that is known stays with its client.
            owner = (await patients.FindByExternalIdAsync(externalId, cancellation))?.ClientId;
        }
        return owner is { } found
            ? Answer(
                await patients.UpsertExternalAsync(
                    externalId,
                    found,
                    body.ToDraft(),
                    user.Actor(),
                    cancellation
                )
            )
            : OwnerProblem(body);
    }

    private static ApiProblem OwnerProblem(PatientInput body) =>
        body is { ClientId: null, ClientExternalId: null }
            ? ApiProblem.Invalid("clientId", "Name the client by clientId or clientExternalId.")
            : Unknown.Client;

    private static Results<Created<ApiPatient>, Ok<ApiPatient>, ApiProblem> Answer(
        PatientResult result
    ) =>
        result switch
        {
            PatientResult.Saved { Created: true } saved => TypedResults.Created(
                $"{ApiSetup.Root}/patients/{saved.Patient.Id}",
                ApiPatient.Of(saved.Patient)
            ),
            PatientResult.Saved saved => TypedResults.Ok(ApiPatient.Of(saved.Patient)),
            PatientResult.Invalid invalid => ApiProblem.Invalid(invalid.Problems),
            _ => ApiProblem.NotFound("patient"),
        };
}
