using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.AfterHours;

/// <summary>What the clinic chose for texts that come while it is closed.</summary>
public sealed class AfterHoursBook : IDisposable
{
    /// <summary>How long a change of another node may not have been heard of, when Redis is away.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly InboxWriter _writer;
    private readonly IDbContextFactory<InboxDb> _databases;
    private readonly TimeProvider _clock;
    private readonly IDisposable _changes;
    private Known? _known;

    public AfterHoursBook(
        InboxWriter writer,
        IDbContextFactory<InboxDb> databases,
        Feed feed,
        TimeProvider clock
    )
    {
        (_writer, _databases, _clock) = (writer, databases, clock);
        _changes = feed.Subscribe(change =>
        {
            if (change is InboxEvent.AfterHoursChanged or InboxEvent.CatchUp)
            {
                Volatile.Write(ref _known, null);
            }
        });
    }

    /// <summary>The choices, read anew when they changed and every ten seconds: every text of a client asks for them.</summary>
    public async ValueTask<AfterHoursSettings> CurrentAsync(WriteSession session)
    {
        if (
            Volatile.Read(ref _known) is { } known
            && Environment.TickCount64 - known.ReadAt < Fresh.TotalMilliseconds
        )
        {
            return known.Settings;
        }
        var settings = await session.Db.SettingAsync(
            AfterHoursSettings.Key,
            AfterHoursSettings.Default,
            CancellationToken.None
        );
        Volatile.Write(ref _known, new Known(settings, Environment.TickCount64));
        return settings;
    }

    /// <summary>The choices as they are now.</summary>
    public async Task<AfterHoursSettings> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(
            AfterHoursSettings.Key,
            AfterHoursSettings.Default,
            cancellation
        );
    }

    /// <summary>What <paramref name="clientName"/> would be answered now; while the clinic is open, as if it were closed.</summary>
    public async Task<string> PreviewAsync(string clientName, CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        return await AutoResponseText.WriteAsync(
            db,
            await HoursBook.ReadAsync(db, cancellation),
            Instant.FromDateTimeOffset(_clock.GetUtcNow()),
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
        return await _writer.RunAsync<string?>(
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
                session.Publish(new InboxEvent.AfterHoursChanged());
                return null;
            },
            cancellation
        );
    }

    public void Dispose() => _changes.Dispose();

    private sealed record Known(AfterHoursSettings Settings, long ReadAt);
}
