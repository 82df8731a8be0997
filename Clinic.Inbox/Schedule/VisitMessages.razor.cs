using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Schedule;

/// <summary>
/// What the client is told of a visit. Planning and receipts go on behind it: it looks again while
/// it is shown.
/// </summary>
public sealed partial class VisitMessages(VisitReminders reminders, ILogger<VisitMessages> log)
    : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<VisitMessage>? _texts;
    private Visit? _shown;
    private Timer? _again;
    private bool _loading;
    private bool _failed;

    [Parameter, EditorRequired]
    public Visit Visit { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (ReferenceEquals(_shown, Visit))
        {
            return;
        }
        if (_shown?.Id != Visit.Id)
        {
            _texts = null;
        }
        _shown = Visit;
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            // By the wall clock: a demo clock that jumps a day need not look forty thousand times.
            _again = new Timer(_ => _ = InvokeAsync(LookAgainAsync), state: null, Every, Every);
        }
    }

    private async Task LookAgainAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        if (_loading || _gone.IsCancellationRequested)
        {
            return;
        }
        _loading = true;
        var id = Visit.Id;
        try
        {
            var texts = await reminders.OfAsync([id], _gone.Token);
            if (id == Visit.Id)
            {
                (_texts, _failed) = (texts, false);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody looks any more.
        }
        catch (ObjectDisposedException)
        {
            // The app goes down.
            _again?.Dispose();
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _failed = true;
        }
        finally
        {
            _loading = false;
        }
    }

    private static string Name(ReminderKind kind) =>
        kind switch
        {
            ReminderKind.Confirmation => "Confirmation",
            ReminderKind.PreVisit => "Pre-visit form",
            _ => "Reminder",
        };

    private static string Word(VisitMessage text) =>
        (text.State, text.Message) switch
        {
            (ReminderState.Sent, MessageState.Queued or MessageState.Sending) => "Sending",
            (ReminderState.Sent, MessageState.Delivered) => "Delivered",
            (ReminderState.Sent, MessageState.Failed) => "Not delivered",
            (ReminderState.Sent, MessageState.Unconfirmed) => "Unconfirmed",
            var (state, _) => state.ToString(),
        };

    private static string? Css(VisitMessage text) =>
        (text.State, text.Message) switch
        {
            (ReminderState.Missed, _) or (_, MessageState.Failed) => "chip-red",
            (ReminderState.Held or ReminderState.Skipped, _) => "chip-warn",
            (ReminderState.Sent, _) => "chip-ok",
            (ReminderState.Planned, _) => "chip-accent",
            _ => null,
        };

    public void Dispose()
    {
        _again?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "The texts of a visit could not be loaded")]
    private partial void LogFailed(Exception failure);
}
