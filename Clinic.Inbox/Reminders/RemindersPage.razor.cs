using System.Globalization;
using Clinic.Inbox.Live;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Clinic.Inbox.Reminders;

/// <summary>
/// What goes out today and this week, what did not and why, with the way on; each tab has its address. Live, at a pace that
/// a run of thousands does not turn into thousands of queries.
/// </summary>
public sealed partial class RemindersPage(
    ReminderQueries reminders,
    Feed feed,
    ILogger<RemindersPage> log
) : IDisposable
{
    private const int PageSize = 50;
    private const int MostReloaded = 500;

    /// <summary>After a change is shown, the next one waits so long.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    private static readonly (ReminderTab Tab, string Title)[] Tabs =
    [
        (ReminderTab.Today, "Today"),
        (ReminderTab.Week, "This week"),
        (ReminderTab.Attention, "Needs attention"),
    ];

    private readonly CancellationTokenSource _gone = new();
    private FoldedFeed? _changes;
    private ReminderCounts? _counts;
    private IReadOnlyList<ReminderRow>? _rows;
    private ReminderCursor? _next;
    private ReminderTab? _shown;
    private bool _busy;
    private bool _failed;

    /// <summary><c>week</c>, <c>attention</c>; anything else: today.</summary>
    [Parameter]
    public string? View { get; set; }

    private ReminderTab Current =>
        View?.ToLowerInvariant() switch
        {
            "week" => ReminderTab.Week,
            "attention" => ReminderTab.Attention,
            _ => ReminderTab.Today,
        };

    private string EmptyTitle =>
        Current switch
        {
            ReminderTab.Today => "Nothing goes out today",
            ReminderTab.Week => "Nothing goes out this week",
            _ => "Nothing needs you",
        };

    private string EmptyText =>
        Current == ReminderTab.Attention
            ? "What is missed, fails, is held or may not be sent appears here with its reason."
            : "Appointments and medical reminders that are due bring their texts here.";

    private string EmptyIcon =>
        Current == ReminderTab.Attention
            ? Icons.Material.Rounded.TaskAlt
            : Icons.Material.Rounded.NotificationsNone;

    protected override async Task OnParametersSetAsync()
    {
        if (Current != _shown)
        {
            _shown = Current;
            _rows = null;
            await LoadAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _changes = new FoldedFeed(feed, TakeAsync);
        }
    }

    private async Task TakeAsync(IReadOnlyList<InboxEvent> changes)
    {
        if (
            !changes.Any(c =>
                c
                    is InboxEvent.RemindersChanged
                        or InboxEvent.ReminderTextsChanged
                        or InboxEvent.CatchUp
            )
        )
        {
            return;
        }
        await InvokeAsync(async () =>
        {
            await LoadAsync();
            StateHasChanged();
        });
        await Task.Delay(Calm, _gone.Token);
    }

    private async Task LoadAsync()
    {
        var tab = Current;
        try
        {
            var shown = Math.Clamp(_rows?.Count ?? 0, PageSize, MostReloaded);
            var page = await reminders.PageAsync(tab, after: null, shown, _gone.Token);
            var counts = await reminders.CountsAsync(_gone.Token);
            if (tab == Current)
            {
                _counts = counts;
                (_rows, _next) = page;
                _failed = false;
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody looks any more.
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _failed = true;
        }
    }

    private async Task MoreAsync()
    {
        _busy = true;
        try
        {
            var page = await reminders.PageAsync(Current, _next, PageSize, _gone.Token);
            (_rows, _next) = ([.. _rows!, .. page.Rows], page.Next);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _failed = true;
        }
        finally
        {
            _busy = false;
        }
    }

    private static string Number(int? count) =>
        count?.ToString("N0", CultureInfo.GetCultureInfo("en-US")) ?? "–";

    [LoggerMessage(LogLevel.Error, "The reminders could not be loaded")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _changes?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
