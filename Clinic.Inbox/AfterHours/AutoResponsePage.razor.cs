using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;
using MudBlazor;
using NodaTime;

namespace Clinic.Inbox.AfterHours;

/// <summary>All that the page shows.</summary>
/// <param name="Preview">The text as a client would read it now.</param>
/// <param name="Sign">Whether the clinic is open, in words.</param>
/// <param name="Users">Who can be alerted: active users.</param>
public sealed record AutoResponseView(
    bool Active,
    string Preview,
    string Sign,
    UserRow[] Users,
    string[] AlertUserIds,
    bool QuotesText,
    bool EmailWorks
);

/// <summary>Settings → Auto-response: the answer of a closed clinic, and whom an email tells.</summary>
public sealed partial class AutoResponsePage(
    AfterHoursBook book,
    HoursBook hours,
    UserBook users,
    TimeProvider time,
    IOptionsMonitor<EmailOptions> email,
    IHostEnvironment environment,
    ISnackbar messages,
    AuthenticationStateProvider session,
    ILogger<AutoResponsePage> log
) : LoadedPage(log)
{
    private bool _busy;

    [PersistentState]
    public AutoResponseView? View { get; set; }

    protected override async Task LoadAsync() => View ??= await ReadAsync();

    private async Task<AutoResponseView> ReadAsync()
    {
        var settings = await book.ReadAsync(Cancellation);
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        return new AutoResponseView(
            settings.AutoResponse,
            await book.PreviewAsync("Ana Ruiz", Cancellation),
            OpenSign.InWords(await hours.HoursAsync(Cancellation), now),
            [.. (await users.ListAsync(Cancellation)).Where(u => u.Active)],
            [.. settings.AlertUserIds],
            settings.AlertQuotesText,
            email.CurrentValue.Works(environment)
        );
    }

    private Task ActivateAsync(bool active) =>
        ChangeAsync(
            settings => settings with { AutoResponse = active },
            active ? "Clients are answered from now on." : "Clients are not answered any more."
        );

    private Task SaveAlertAsync((IReadOnlyList<string> UserIds, bool QuotesText) alert) =>
        ChangeAsync(
            settings =>
                settings with
                {
                    AlertUserIds = alert.UserIds,
                    AlertQuotesText = alert.QuotesText,
                },
            "The alert was saved."
        );

    private async Task ChangeAsync(Func<AfterHoursSettings, AfterHoursSettings> change, string said)
    {
        _busy = true;
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            var wanted = change(await book.ReadAsync(Cancellation));
            if (await book.SaveAsync(wanted, by, Cancellation) is null)
            {
                messages.Add(said, Severity.Success);
            }
            else
            {
                messages.Add(
                    "One of these users was deactivated meanwhile. Look at the list and save again.",
                    Severity.Warning
                );
            }
            View = await ReadAsync();
        }
        finally
        {
            _busy = false;
        }
    }
}
