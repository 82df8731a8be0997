using Clinic.Inbox.Data;
using Clinic.Inbox.People;

namespace Clinic.Inbox.AfterHours;

/// <summary>What the clinic chose for texts that come while it is closed.</summary>
public sealed class AfterHoursBook(InboxWriter writer)
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

    public async Task SaveAsync(
        AfterHoursSettings settings,
        Actor actor,
        CancellationToken cancellation
    )
    {
        await writer.RunAsync(
            async session =>
            {
                await session.ChooseAsync(AfterHoursSettings.Key, settings, CancellationToken.None);
                session.Note(actor, "afterHours.changed", AfterHoursSettings.Key);
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );
        _known = null;
    }
}
