using Clinic.Inbox.Layout;
using Clinic.Inbox.Settings;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>Settings → Hours: the week, closures, holidays, and when reminders may leave.</summary>
public sealed partial class HoursPage(
    HoursBook book,
    ClinicBook clinic,
    TimeProvider time,
    ISnackbar messages,
    ILogger<HoursPage> log
) : LoadedPage(log)
{
    private ITimer? _minute;
    private bool _live;

    [PersistentState]
    public HoursView? View { get; set; }

    protected override async Task LoadAsync()
    {
        // What came with the page is kept until something changes.
        if (View is null || _live)
        {
            View = await ReadAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _live = true;
            // The sign turns by itself.
            _minute = time.CreateTimer(
                _ => _ = InvokeAsync(TurnAsync),
                state: null,
                TimeSpan.FromMinutes(1),
                TimeSpan.FromMinutes(1)
            );
        }
    }

    private async Task<HoursView> ReadAsync()
    {
        var hours = await book.HoursAsync(Cancellation);
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        var closures = await book.ClosuresAsync(Cancellation);
        var quiet = await book.QuietAsync(Cancellation);
        return new HoursView(
            hours.IsOpen(now),
            OpenSign.InWords(hours, now),
            hours.Zone.Id,
            (await clinic.ReadAsync(Cancellation)).Region,
            now.InZone(hours.Zone).Date.ToDateOnly(),
            HoursView.WeekOf(await book.WeekAsync(Cancellation)),
            [.. closures.Select(ClosureRow.Of)],
            SpanText.Of(new OpenSpan(quiet.From, quiet.To))
        );
    }

    private async Task SavedAsync(string said)
    {
        messages.Add(said, Severity.Success);
        await ReloadAsync();
    }

    private async Task TurnAsync()
    {
        await ReloadAsync();
        StateHasChanged();
    }

    protected override void Dispose(bool disposing)
    {
        _minute?.Dispose();
        base.Dispose(disposing);
    }
}
