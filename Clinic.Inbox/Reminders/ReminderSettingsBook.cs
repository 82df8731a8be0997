using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>Keeps how the clinic reminds. What is planned follows a change within seconds; what left stays as it was.</summary>
public sealed class ReminderSettingsBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Longest grace of an appointment reminder.</summary>
    public static readonly TimeSpan LongestGrace = TimeSpan.FromHours(48);

    public async Task<ReminderSettings> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(ReminderSettings.Key, ReminderSettings.Default, cancellation);
    }

    /// <returns>What is wrong, by field (appointmentOffsets, grace); empty when it is kept.</returns>
    public async Task<IReadOnlyList<FieldProblem>> SaveAsync(
        ReminderSettings settings,
        Actor actor,
        CancellationToken cancellation
    )
    {
        var problems = Problems(settings).ToList();
        if (problems.Count > 0)
        {
            return problems;
        }
        var tidy = settings with
        {
            AppointmentOffsets = [.. settings.AppointmentOffsets.Distinct().OrderDescending()],
        };
        await writer.RunAsync(
            async session =>
            {
                await session.ChooseAsync(ReminderSettings.Key, tidy, CancellationToken.None);
                session.Note(actor, "reminderSettings.changed", ReminderSettings.Key);
                await session.Db.SaveChangesAsync();
                await AppointmentTypeBook.PlanAnewAsync(session, _ => true);
                await session
                    .Db.MedicalReminders.Where(r => r.State == MedicalState.Due)
                    .ExecuteUpdateAsync(r => r.SetProperty(x => x.NeedsPlanning, true));
            },
            cancellation
        );
        return [];
    }

    private static IEnumerable<FieldProblem> Problems(ReminderSettings settings)
    {
        if (AppointmentType.OffsetsProblem(settings.AppointmentOffsets) is { } offsets)
        {
            yield return new("appointmentOffsets", offsets);
        }
        if (settings.Grace < TimeSpan.FromHours(1) || settings.Grace > LongestGrace)
        {
            yield return new(
                "grace",
                $"A reminder may be 1 to {LongestGrace.TotalHours:0} hours late."
            );
        }
    }
}
