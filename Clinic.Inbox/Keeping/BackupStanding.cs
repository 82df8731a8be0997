using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;

namespace Clinic.Inbox.Keeping;

/// <summary>Whether the newest backup is as new as it should be.</summary>
internal sealed class BackupStanding(BackupSettings settings, BackupBook book, ClinicClock clock)
    : IStanding
{
    public int Order => 80;

    public Task<IReadOnlyList<Standing>> LookAsync(
        StandingLook look,
        CancellationToken cancellation
    )
    {
        var (level, text) = Of(
            settings,
            book.WithUnwritten(look.Setting(BackupState.Key, BackupState.None)),
            look.Now,
            clock
        );
        return Task.FromResult<IReadOnlyList<Standing>>([
            new Standing("Backup", level, text, Paths.DataKept, Policies.Administer),
        ]);
    }

    public static (StandingLevel Level, string Text) Of(
        BackupSettings settings,
        BackupState state,
        DateTimeOffset now,
        ClinicClock clock
    ) =>
        (settings.IsOn, state) switch
        {
            (false, _) => (
                StandingLevel.Off,
                "The app makes none by itself. See to it that somebody else does."
            ),
            (_, { FailedAt: not null }) => (
                StandingLevel.Attention,
                $"The last one failed: {state.Problem}"
            ),
            (_, { MadeAt: null }) => (StandingLevel.Attention, "None was made yet."),
            (_, { MadeAt: { } madeAt }) when madeAt > now => (
                StandingLevel.Attention,
                $"The newest bears a time to come, {clock.Full(madeAt)}: the server's clock was ahead."
            ),
            (_, { MadeAt: { } madeAt }) when now - madeAt > settings.Every * 2 => (
                StandingLevel.Attention,
                $"The newest is of {clock.Full(madeAt)}."
            ),
            (_, { Missing: > 0 }) => (
                StandingLevel.Attention,
                $"{state.Missing} files that the database knows were not in storage."
            ),
            _ => (StandingLevel.Ok, $"The newest is of {clock.Full(state.MadeAt!.Value)}."),
        };
}
