using System.Security.Claims;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Api;

/// <summary>The clinic's book.</summary>
internal static class AppointmentsApi
{
    public static void MapAppointments(this IEndpointRouteBuilder api)
    {
        var appointments = api.MapGroup("/appointments").WithTags("Appointments");
        appointments.MapGet("", ListAsync).RequireAuthorization(ApiPolicies.Read);
        appointments.MapPost("", BookAsync).RequireAuthorization(ApiPolicies.Write);
        appointments.MapGet("/{id}", FindAsync).RequireAuthorization(ApiPolicies.Read);
        appointments.MapPatch("/{id}", UpdateAsync).RequireAuthorization(ApiPolicies.Write);
        appointments
            .MapGet("/external/{externalId}", FindExternalAsync)
            .RequireAuthorization(ApiPolicies.Read);
        appointments
            .MapPut("/external/{externalId}", UpsertAsync)
            .RequireAuthorization(ApiPolicies.Write);
    }

    /// <summary>Lists appointments, earliest first</summary>
    /// <param name="clientId">Only this client's.</param>
    /// <param name="from">Those that start then or later.</param>
    /// <param name="to">Those that start before.</param>
    /// <param name="limit">Most items, 1 to 200; 50 when not given.</param>
    /// <param name="after">The next of the page before.</param>
    internal static async Task<Results<Ok<ApiList<ApiAppointment>>, ApiProblem>> ListAsync(
        string? clientId,
        DateTimeOffset? from,
        DateTimeOffset? to,
        int? limit,
        string? after,
        AppointmentPages appointments,
        VisitReminders reminders,
        CancellationToken cancellation
    )
    {
        var page = ApiPage.ByTime<Appointment>(limit, after);
        if (page.Problem is { } problem)
        {
            return problem;
        }
        var found = await appointments.ListAsync(
            string.IsNullOrEmpty(clientId) ? null : ApiId.Of<Client>(clientId),
            from,
            to,
            page.After,
            page.Size + 1,
            cancellation
        );
        var texts = (await reminders.OfAsync([.. found.Select(a => a.Id)], cancellation)).ToLookup(
            t => t.AppointmentId
        );
        return TypedResults.Ok(
            ApiList<ApiAppointment>.Of(
                found,
                page.Size,
                a => ApiAppointment.Of(a, texts[a.Id]),
                a => ApiCursor.Of(a.StartsAt, a.Id)
            )
        );
    }

    /// <summary>Books a visit</summary>
    internal static async Task<
        Results<Created<ApiAppointment>, Ok<ApiAppointment>, ApiProblem>
    > BookAsync(
        AppointmentInput body,
        ClaimsPrincipal user,
        AppointmentBook book,
        IDbContextFactory<InboxDb> databases,
        CancellationToken cancellation
    )
    {
        var (draft, problem) = await ReadAsync(
            databases,
            body,
            known: null,
            confirmByText: true,
            cancellation
        );
        if (draft is null)
        {
            return problem!;
        }
        var booked = await book.BookAsync(draft, user.Actor(), cancellation);
        return
            booked is BookResult.Done done
            && body.Status is { } status and not AppointmentStatus.Booked
            ? Answer(
                await book.BecomeAsync(done.Appointment.Id, status, user.Actor(), cancellation),
                created: true
            )
            : Answer(booked);
    }

    /// <summary>Finds one appointment</summary>
    internal static async Task<Results<Ok<ApiAppointment>, ApiProblem>> FindAsync(
        string id,
        AppointmentPages appointments,
        VisitReminders reminders,
        CancellationToken cancellation
    ) =>
        await AnswerAsync(
            await appointments.FindAsync(ApiId.Of<Appointment>(id), cancellation),
            reminders,
            cancellation
        );

    /// <summary>Finds one appointment by the practice system's id</summary>
    internal static async Task<Results<Ok<ApiAppointment>, ApiProblem>> FindExternalAsync(
        string externalId,
        AppointmentPages appointments,
        VisitReminders reminders,
        CancellationToken cancellation
    ) =>
        await AnswerAsync(
            await appointments.FindByExternalIdAsync(externalId, cancellation),
            reminders,
            cancellation
        );

    private static async Task<Results<Ok<ApiAppointment>, ApiProblem>> AnswerAsync(
        Appointment? appointment,
        VisitReminders reminders,
        CancellationToken cancellation
    ) =>
        appointment is null
            ? ApiProblem.NotFound("appointment")
            : TypedResults.Ok(
                ApiAppointment.Of(
                    appointment,
                    await reminders.OfAsync([appointment.Id], cancellation)
                )
            );

    /// <summary>Moves it or changes what is given, then its status; the rest stays</summary>
    /// <remarks>When it starts at another time the client is texted, unless confirmByText is false.</remarks>
    internal static async Task<
        Results<Created<ApiAppointment>, Ok<ApiAppointment>, ApiProblem>
    > UpdateAsync(
        string id,
        AppointmentInput body,
        ClaimsPrincipal user,
        AppointmentBook book,
        AppointmentPages appointments,
        IDbContextFactory<InboxDb> databases,
        CancellationToken cancellation
    )
    {
        if (await appointments.FindAsync(ApiId.Of<Appointment>(id), cancellation) is not { } known)
        {
            return ApiProblem.NotFound("appointment");
        }
        BookResult result = new BookResult.Done(known, Created: false);
        if (body.NamesWhatFor)
        {
            var (draft, problem) = await ReadAsync(
                databases,
                body,
                known,
                confirmByText: true,
                cancellation
            );
            if (draft is null)
            {
                return problem!;
            }
            result = await book.UpdateAsync(known.Id, draft, user.Actor(), cancellation);
        }
        else if (body is not { StartsAt: null, EndsAt: null, Staff: null })
        {
            var starts = body.StartsAt ?? known.StartsAt;
            if (!AppointmentBook.Reaches(starts))
            {
                return BadYear;
            }
            result = await book.MoveAsync(
                known.Id,
                starts,
                // Moved without a new end, it takes as long as before.
                body.EndsAt
                    ?? starts + (known.EndsAt - known.StartsAt),
                body.Staff,
                body.ConfirmByText ?? true,
                user.Actor(),
                cancellation
            );
        }
        if (result is BookResult.Done && body.Status is { } status)
        {
            result = await book.BecomeAsync(known.Id, status, user.Actor(), cancellation);
        }
        return Answer(result);
    }

    /// <summary>Makes the practice system's appointment what it says: 201 when new, else 200</summary>
    /// <remarks>
    /// No confirmation is texted unless confirmByText is true; reminders and the pre-visit form go out as its type says.
    /// </remarks>
    internal static async Task<
        Results<Created<ApiAppointment>, Ok<ApiAppointment>, ApiProblem>
    > UpsertAsync(
        string externalId,
        AppointmentInput body,
        ClaimsPrincipal user,
        AppointmentBook book,
        AppointmentPages appointments,
        IDbContextFactory<InboxDb> databases,
        CancellationToken cancellation
    )
    {
        var known = await appointments.FindByExternalIdAsync(externalId, cancellation);
        var (draft, problem) = await ReadAsync(
            databases,
            body,
            known,
            confirmByText: false,
            cancellation
        );
        return draft is null
            ? problem!
            : Answer(
                await book.UpsertExternalAsync(
                    externalId,
                    draft,
                    body.Status,
                    user.Actor(),
                    cancellation
                )
            );
    }

    private static ApiProblem BadYear =>
        ApiProblem.Invalid("startsAt", "It starts between the years 1980 and 2200.");

    private static Results<Created<ApiAppointment>, Ok<ApiAppointment>, ApiProblem> Answer(
        BookResult result,
        bool created = false
    ) =>
        result switch
        {
            BookResult.Done done when created || done.Created => TypedResults.Created(
                $"{ApiSetup.Root}/appointments/{done.Appointment.Id}",
                ApiAppointment.Of(done.Appointment)
            ),
            BookResult.Done done => TypedResults.Ok(ApiAppointment.Of(done.Appointment)),
            BookResult.Refused { Code: "notFound" } => ApiProblem.NotFound("appointment"),
            BookResult.Refused { Code: "notNow" } refused => ApiProblem.Conflict(
                refused.Code,
                refused.Reason
            ),
            BookResult.Refused refused => ApiProblem.Unprocessable(refused.Code, refused.Reason),
            _ => throw new InvalidOperationException("The book gave an unknown answer."),
        };

    /// <summary>What the body names, completed by what is <paramref name="known"/>.</summary>
    /// <param name="confirmByText">When the body does not say.</param>
    private static async Task<(AppointmentDraft? Draft, ApiProblem? Problem)> ReadAsync(
        IDbContextFactory<InboxDb> databases,
        AppointmentInput body,
        Appointment? known,
        bool confirmByText,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        Id<AppointmentType>? type = string.IsNullOrEmpty(body.TypeExternalId)
            ? Known(body.TypeId, known?.TypeId)
            : await db
                .AppointmentTypes.Where(t => t.ExternalId == body.TypeExternalId)
                .Select(t => t.Id)
                .FirstOrDefaultAsync(cancellation);
        Id<Client>? client = string.IsNullOrEmpty(body.ClientExternalId)
            ? Known(body.ClientId, known?.ClientId)
            : await db
                .Clients.Where(c => c.ExternalId == body.ClientExternalId)
                .Select(c => c.Id)
                .FirstOrDefaultAsync(cancellation);
        Id<Patient>? patient = string.IsNullOrEmpty(body.PatientExternalId)
            ? Known(body.PatientId, known?.PatientId)
            : await db
                .Patients.Where(p => p.ExternalId == body.PatientExternalId)
                .Select(p => p.Id)
                .FirstOrDefaultAsync(cancellation);
        var missing = new List<(string, string)>();
        if (type is null)
        {
            missing.Add(("typeId", "Name the type by typeId or typeExternalId."));
        }
        if (client is null)
        {
            missing.Add(("clientId", "Name the client by clientId or clientExternalId."));
        }
        var starts = body.StartsAt ?? known?.StartsAt;
        if (starts is null)
        {
            missing.Add(("startsAt", "Say when it starts, with an offset."));
        }
        if (missing.Count > 0)
        {
            return (null, ApiProblem.Invalid(missing));
        }
        if (!AppointmentBook.Reaches(starts!.Value))
        {
            return (null, BadYear);
        }
        var ends = body.EndsAt;
        if (ends is null && known is not null)
        {
            ends = starts + (known.EndsAt - known.StartsAt);
        }
        return (
            new AppointmentDraft(
                type!.Value,
                client!.Value,
                patient,
                starts!.Value,
                ends,
                body.Staff ?? known?.Staff ?? "",
                body.ConfirmByText ?? confirmByText
            ),
            null
        );
    }

    /// <summary>The id that is given, else what is known.</summary>
    private static Id<T>? Known<T>(string? given, Id<T>? known) =>
        string.IsNullOrEmpty(given) ? known : ApiId.Of<T>(given);
}
