using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Schedule;

/// <summary>What is to be written of an appointment type. What is null stays as it is.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Minutes">Usual length, 5 to 1,440; 30 for a new one.</param>
/// <param name="Color">One of <see cref="AppointmentType.Colors"/>; the first for a new one.</param>
public sealed record AppointmentTypeDraft(string? Name, int? Minutes, string? Color);

/// <summary>What came of writing an appointment type.</summary>
public abstract record AppointmentTypeResult
{
    private AppointmentTypeResult() { }

    public sealed record Saved(AppointmentType Type, bool Created) : AppointmentTypeResult;

    public sealed record Invalid(FieldProblem Problem) : AppointmentTypeResult;

    public sealed record NotFound : AppointmentTypeResult;
}

/// <summary>Writes the kinds of visits.</summary>
public sealed class AppointmentTypeBook(InboxWriter writer)
{
    private const int UsualMinutes = 30;

    public Task<AppointmentTypeResult> AddAsync(
        AppointmentTypeDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            session => SaveAsync(session, known: null, externalId: null, draft, actor),
            cancellation
        );

    public Task<AppointmentTypeResult> UpdateAsync(
        Id<AppointmentType> id,
        AppointmentTypeDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
                await session.Db.AppointmentTypes.FindAsync(id) is { } known
                    ? await SaveAsync(session, known, known.ExternalId, draft, actor)
                    : new AppointmentTypeResult.NotFound(),
            cancellation
        );

    /// <summary>The practice system's type: made when it is new, else changed.</summary>
    /// <param name="externalId">The practice system's own id, 1 to 100 characters.</param>
    public Task<AppointmentTypeResult> UpsertExternalAsync(
        string externalId,
        AppointmentTypeDraft draft,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (ExternalIds.Problem(externalId) is { } problem)
                {
                    return new AppointmentTypeResult.Invalid(problem);
                }
                var known = await session.Db.AppointmentTypes.FirstOrDefaultAsync(t =>
                    t.ExternalId == externalId
                );
                return await SaveAsync(session, known, externalId, draft, actor);
            },
            cancellation
        );

    private static async Task<AppointmentTypeResult> SaveAsync(
        WriteSession session,
        AppointmentType? known,
        string? externalId,
        AppointmentTypeDraft draft,
        Actor actor
    )
    {
        var name = draft.Name?.Trim() ?? known?.Name ?? "";
        var minutes = draft.Minutes ?? known?.Minutes ?? UsualMinutes;
        var color = draft.Color ?? known?.Color ?? AppointmentType.Colors[0];
        if (Problem(name, minutes, color) is { } problem)
        {
            return new AppointmentTypeResult.Invalid(problem);
        }
        var type = known;
        if (type is null)
        {
            type = new AppointmentType(Id<AppointmentType>.New(session.Now), name, minutes, color)
            {
                ExternalId = externalId,
            };
            session.Db.AppointmentTypes.Add(type);
        }
        else
        {
            type.Describe(name, minutes, color);
        }
        session.Note(
            actor,
            known is null ? "appointmentType.added" : "appointmentType.changed",
            type.Id.ToString()
        );
        await session.Db.SaveChangesAsync();
        return new AppointmentTypeResult.Saved(type, known is null);
    }

    private static FieldProblem? Problem(string name, int minutes, string color)
    {
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
        {
            return new("name", "A name has 1 to 100 characters.");
        }
        if (minutes is < 5 or > 24 * 60)
        {
            return new("minutes", "The usual length is 5 to 1,440 minutes.");
        }
        return AppointmentType.Colors.Contains(color, StringComparer.Ordinal)
            ? null
            : new("color", $"The color is one of {string.Join(", ", AppointmentType.Colors)}.");
    }
}
