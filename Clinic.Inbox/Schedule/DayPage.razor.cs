using System.Globalization;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using MudBlazor;
using NodaTime;
using NodaTime.Text;

namespace Clinic.Inbox.Schedule;

/// <summary>The clinic's day: who comes when, to whom, and whether they are here. Live, like the inbox.</summary>
public sealed partial class DayPage(
    ScheduleQueries schedule,
    AppointmentBook book,
    InboxQueries inbox,
    ConversationDesk desk,
    Feed feed,
    Announcements announcements,
    IDialogService dialogs,
    NavigationManager navigation,
    IJSRuntime js,
    TimeProvider time,
    ILogger<DayPage> log
)
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    private ClinicDay? _day;
    private IReadOnlyList<Visit> _visits = [];
    private DayGrid? _grid;
    private IReadOnlyList<string> _staff = [];
    private IReadOnlyList<WeekDay> _week = [];
    private string? _closed;
    private Visit? _selected;
    private Line? _line;
    private DateTimeOffset _now;
    private bool _isToday;
    private bool _failed;
    private bool _busy;
    private string? _problem;
    private FoldedFeed? _changes;
    private ITimer? _minute;

    /// <summary><c>yyyy-MM-dd</c>; null: today, and tomorrow after midnight.</summary>
    [Parameter]
    public string? Date { get; set; }

    /// <summary>The visit that a link leads to: its details are open.</summary>
    [SupplyParameterFromQuery(Name = "visit")]
    private string? VisitId { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    private string Summary
    {
        get
        {
            if (_visits.Count == 0)
            {
                return "No visits on this day";
            }
            var coming = _visits.Count(v => !v.IsOff());
            var here = _visits.Count(v => v.Status == AppointmentStatus.Arrived);
            var off = _visits.Count - coming;
            return (coming == 1 ? "1 visit" : $"{coming} visits")
                + (here > 0 ? $" · {here} arrived" : "")
                + (off > 0 ? $" · {off} cancelled or missed" : "");
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        // No calendar goes to the end of time, and the day beside the last one is none.
        if (
            Date is not null
            && !(
                LocalDatePattern.Iso.Parse(Date).TryGetValue(default, out var day)
                && day.Year is >= 1980 and <= 2200
            )
        )
        {
            navigation.NavigateTo(Paths.Day, replace: true);
            return;
        }
        _selected = null;
        _problem = null;
        await LoadAsync();
        _selected = _visits.FirstOrDefault(v => v.Id.ToString() == VisitId);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }
        _changes = new FoldedFeed(feed, changes => InvokeAsync(() => TakeAsync(changes)));
        var now = time.GetUtcNow();
        var first = TimeSpan.FromTicks(
            TimeSpan.TicksPerMinute - (now.Ticks % TimeSpan.TicksPerMinute)
        );
        _minute = time.CreateTimer(
            _ => _ = InvokeAsync(TickAsync),
            state: null,
            first,
            TimeSpan.FromMinutes(1)
        );
        _self = DotNetObjectReference.Create(this);
        await _script.AttachAsync(js, Assets["js/schedule-day.js"], _root, _self);
        // What came between the first look and now.
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        try
        {
            var chosen = Date is null ? (LocalDate?)null : LocalDatePattern.Iso.Parse(Date).Value;
            var day = await schedule.DayAsync(chosen, CancellationToken.None);
            var visits = await schedule.VisitsAsync(day, CancellationToken.None);
            _line = (await inbox.LinesAsync(CancellationToken.None)).FirstOrDefault(l =>
                l.CanConverse
            );
            var hours = await schedule.HoursAsync(CancellationToken.None);
            _staff = await schedule.StaffAsync(day, CancellationToken.None);
            _day = day;
            _visits = visits;
            _grid = DayGrid.Of(day, visits, _staff);
            _week = WeekDay.Around(day.Date, hours);
            _closed = BookingWarnings.ClosedOn(hours, day.Date);
            _selected = visits.FirstOrDefault(v => v.Id == _selected?.Id);
            _now = time.GetUtcNow();
            _isToday = day.Contains(_now);
            _failed = false;
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _failed = true;
        }
    }

    private async Task TakeAsync(IReadOnlyList<InboxEvent> changes)
    {
        var mine = changes.Any(change =>
            change switch
            {
                InboxEvent.ScheduleChanged moved => _day?.Touches(moved.From, moved.To) is true,
                InboxEvent.ClientChanged client => _visits.Any(v => v.Client.Id == client.ClientId),
                InboxEvent.LineChanged or InboxEvent.CatchUp => true,
                _ => false,
            }
        );
        if (mine)
        {
            await LoadAsync();
            StateHasChanged();
        }
    }

    private async Task TickAsync()
    {
        _now = time.GetUtcNow();
        if (Date is null && _day is not null && !_day.Contains(_now))
        {
            await LoadAsync();
        }
        StateHasChanged();
    }

    private void Choose(Visit visit)
    {
        _selected = visit;
        _problem = null;
    }

    private async Task CloseAsync()
    {
        var left = _selected;
        _selected = null;
        if (left is not null)
        {
            await using var module = await js.InvokeAsync<IJSObjectReference>(
                "import",
                "./" + Assets["js/schedule.js"]
            );
            await module.InvokeVoidAsync("focus", VisitCard.IdOf(left));
        }
    }

    private async Task SetStatusAsync(AppointmentStatus status)
    {
        if (_selected is not { } visit || _busy)
        {
            return;
        }
        _busy = true;
        try
        {
            var actor = (await SignedIn).User.Actor();
            var result = await book.BecomeAsync(visit.Id, status, actor, CancellationToken.None);
            _problem = (result as BookResult.Refused)?.Reason;
            await LoadAsync();
            announcements.Say(_problem ?? $"{visit.Who()}: {StatusLook.Of(status).Word}");
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task TextAsync(PhoneNumber number)
    {
        if (_selected is not { } visit || _line is not { } line || _busy)
        {
            return;
        }
        _busy = true;
        try
        {
            var (row, _) = await desk.StartAsync(
                line.Id,
                number,
                visit.Client.Id,
                CancellationToken.None
            );
            navigation.NavigateTo($"{Paths.Inbox}/{row.Id}");
        }
        finally
        {
            _busy = false;
        }
    }

    private void Pick(ChangeEventArgs e)
    {
        if (
            e.Value is string text
            && LocalDatePattern.Iso.Parse(text) is { Success: true, Value: var day }
        )
        {
            navigation.NavigateTo(Href(day));
        }
    }

    private string Title(LocalDate date) =>
        date.ToString(
            _now != default && _day is not null && date.Year != _day.Local(_now).Year
                ? "dddd, MMMM d, yyyy"
                : "dddd, MMMM d",
            English
        );

    private static string Iso(LocalDate date) => LocalDatePattern.Iso.Format(date);

    private static string Href(LocalDate date) => $"{Paths.Day}/{Iso(date)}";

    public async ValueTask DisposeAsync()
    {
        _changes?.Dispose();
        if (_minute is not null)
        {
            await _minute.DisposeAsync();
        }
        await _script.DisposeAsync();
        _self?.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "The day could not be loaded")]
    private partial void LogFailed(Exception failure);
}
