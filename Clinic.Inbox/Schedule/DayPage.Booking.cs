using Clinic.Inbox.Conversations.Inbox;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Clinic.Inbox.Schedule;

/// <summary>What is booked and moved from the day.</summary>
public sealed partial class DayPage
{
    private readonly PageScript _script = new();
    private DotNetObjectReference<DayPage>? _self;
    private ElementReference _root;
    private bool _asking;

    /// <summary>The key B.</summary>
    [JSInvokable]
    public Task BookByKey() => BookAsync();

    /// <summary>A click on a free slot of the grid.</summary>
    /// <param name="minute">Minutes below the grid's top.</param>
    [JSInvokable]
    public Task BookSlot(string staff, int minute) =>
        _grid is { } grid && minute >= 0 && minute < grid.Minutes
            ? BookAsync(grid.TimeAt(minute), staff)
            : Task.CompletedTask;

    /// <summary>A visit was dropped somewhere else: it moves when the dialog says so.</summary>
    /// <param name="element">See <see cref="VisitCard.IdOf"/>.</param>
    /// <param name="minute">Minutes below the grid's top.</param>
    [JSInvokable]
    public async Task MoveVisit(string element, string staff, int minute)
    {
        if (
            _grid is { } grid
            && minute >= 0
            && minute < grid.Minutes
            && _visits.FirstOrDefault(v => VisitCard.IdOf(v) == element) is { } visit
        )
        {
            _selected = visit;
            await ChangeAsync(grid.TimeAt(minute), staff);
        }
    }

    private Task BookAsync(DateTimeOffset? startsAt = null, string staff = "") =>
        AskAsync(() => dialogs.BookAsync(startsAt ?? NextFree(), staff));

    private Task ChangeAsync(DateTimeOffset? startsAt = null, string? staff = null) =>
        _selected is { } visit
            ? AskAsync(() =>
                dialogs.ChangeVisitAsync(visit, startsAt ?? visit.StartsAt, staff ?? visit.Staff)
            )
            : Task.CompletedTask;

    /// <summary>One dialog at a time: a key or a click may come twice before it is there.</summary>
    private async Task AskAsync(Func<Task<Appointment?>> ask)
    {
        if (_asking || _day is null)
        {
            return;
        }
        _asking = true;
        StateHasChanged();
        try
        {
            if (await ask() is { } written)
            {
                await ShowAsync(written);
            }
        }
        finally
        {
            _asking = false;
            StateHasChanged();
        }
    }

    private async Task ShowAsync(Appointment written)
    {
        var day = ClinicDay.At(written.StartsAt, _day!.Zone);
        if (day.Date != _day.Date)
        {
            navigation.NavigateTo(Href(day.Date));
        }
        else
        {
            await LoadAsync();
            _selected = _visits.FirstOrDefault(v => v.Id == written.Id);
            _problem = null;
        }
        announcements.Say($"In the book: {Title(day.Date)}, {day.Time(written.StartsAt)}");
    }

    /// <summary>The next quarter of an hour today; nine o'clock on another day.</summary>
    private DateTimeOffset NextFree()
    {
        var day = _day!;
        var now = time.GetUtcNow();
        if (day.Contains(now))
        {
            var quarter = TimeSpan.FromMinutes(15).Ticks;
            return new DateTimeOffset(((now.Ticks / quarter) + 1) * quarter, TimeSpan.Zero);
        }
        return day.Zone.AtLeniently(day.Date.At(new NodaTime.LocalTime(9, 0))).ToDateTimeOffset();
    }
}
