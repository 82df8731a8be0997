using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.AfterHours;

/// <summary>What the clinic chose for texts that come while it is closed.</summary>
public sealed class AfterHoursBook(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock
)
{
    /// <summary>How long another node may not have heard of a change.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private (AfterHoursSettings Settings, long ReadAt)? _known;

    /// <summary>The choices, at most ten seconds old: every text of a client asks for them.</summary>
    public async ValueTask<AfterHoursSettings> CurrentAsync(WriteSession session)
    {
        if (_known is { } known && Environment.TickCount64 - known.ReadAt < Fresh.TotalMilliseconds)
        {
            return known.Settings;
        }
        var settings = await session.Db.SettingAsync(
            AfterHoursSettings.Key,
            AfterHoursSettings.Default,
            CancellationToken.None
        );
        _known = (settings, Environment.TickCount64);
        return settings;
    }

    /// <summary>The choices as they are now.</summary>
    public async Task<AfterHoursSettings> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(
            AfterHoursSettings.Key,
            AfterHoursSettings.Default,
            cancellation
        );
    }

    /// <summary>What <paramref name="clientName"/> would be answered now; while the clinic is open, as if it were closed.</summary>
    public async Task<string> PreviewAsync(string clientName, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await AutoResponseText.WriteAsync(
            db,
            await HoursBook.ReadAsync(db, cancellation),
            Instant.FromDateTimeOffset(clock.GetUtcNow()),
            clientName,
            cancellation
        );
    }

    /// <summary>Keeps the choices. Users who can't be reached any more are dropped.</summary>
    /// <returns>The first user who is new to the alerts and can't be reached: unknown, deactivated or without an email; null when all was kept.</returns>
    public async Task<string?> SaveAsync(
        AfterHoursSettings settings,
        Actor actor,
        CancellationToken cancellation
    )
    {
        var unreachable = await writer.RunAsync(
            async session =>
            {
                var before = await session.Db.SettingAsync(
                    AfterHoursSettings.Key,
                    AfterHoursSettings.Default,
                    CancellationToken.None
                );
                var reachable = await session
                    .Db.Users.Where(u =>
                        settings.AlertUserIds.Contains(u.Id) && u.Active && u.Email != null
                    )
                    .Select(u => u.Id)
                    .ToListAsync();
                var gone = settings
                    .AlertUserIds.Except(reachable, StringComparer.Ordinal)
                    .Except(before.AlertUserIds, StringComparer.Ordinal)
                    .FirstOrDefault();
                if (gone is not null)
                {
                    return gone;
                }
                await session.ChooseAsync(
                    AfterHoursSettings.Key,
                    settings with
                    {
                        AlertUserIds = reachable,
                    },
                    CancellationToken.None
                );
                session.Note(actor, "afterHours.changed", AfterHoursSettings.Key);
                await session.Db.SaveChangesAsync();
                return null;
            },
            cancellation
        );
        _known = null;
        return unreachable;
    }
}
