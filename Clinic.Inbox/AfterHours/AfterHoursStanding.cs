using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.AfterHours;

/// <summary>Whether a closed clinic answers, and whom an email tells.</summary>
internal sealed class AfterHoursStanding(
    IOptionsMonitor<EmailOptions> email,
    IHostEnvironment environment
) : IStanding
{
    public int Order => 50;

    public Task<IReadOnlyList<Standing>> LookAsync(
        StandingLook look,
        CancellationToken cancellation
    )
    {
        var settings = look.Setting(AfterHoursSettings.Key, AfterHoursSettings.Default);
        var works = email.CurrentValue.Works(environment);
        var (level, text) = (works, settings.AlertUserIds.Count) switch
        {
            (false, > 0) => (
                StandingLevel.Attention,
                "Users are to be told by email, but no mail server is set (Email:Host)."
            ),
            (false, _) => (StandingLevel.Off, "No mail server is set (Email:Host)."),
            (_, 0) => (StandingLevel.Off, "Nobody is told when a client texts after hours."),
            (_, 1) => (StandingLevel.Ok, "1 user is told when a client texts after hours."),
            (_, var count) => (
                StandingLevel.Ok,
                $"{count} users are told when a client texts after hours."
            ),
        };
        return Task.FromResult<IReadOnlyList<Standing>>([
            new Standing(
                "Auto-response",
                settings.AutoResponse ? StandingLevel.Ok : StandingLevel.Off,
                settings.AutoResponse
                    ? "Clients who text while you are closed are answered."
                    : "Clients who text while you are closed get no answer.",
                Paths.AutoResponse,
                Policies.Manage
            ),
            new Standing("Alerts by email", level, text, Paths.AutoResponse, Policies.Manage),
        ]);
    }
}
