using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>The left pane: line, new conversation, search, filters, rows.</summary>
public sealed partial class ListPane(ClinicNumbers numbers, ClinicClock clock) : IDisposable
{
    /// <summary>A pause in typing after which the search is made.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private static readonly (string Name, bool Unread, bool Unassigned)[] Kinds =
    [
        ("All", false, false),
        ("Unread", true, false),
        ("Unassigned", false, true),
    ];

    private CancellationTokenSource? _typing;
    private bool _loadingMore;
    private int _cleared;

    [Parameter, EditorRequired]
    public InboxRows Rows { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<LineChoice> Lines { get; set; } = [];

    [Parameter]
    public Id<Conversation>? SelectedId { get; set; }

    [Parameter]
    public bool Loading { get; set; }

    [Parameter]
    public bool Failed { get; set; }

    [Parameter]
    public EventCallback<InboxFilter> OnFilter { get; set; }

    [Parameter]
    public EventCallback OnMore { get; set; }

    [Parameter]
    public EventCallback OnNew { get; set; }

    [Parameter]
    public EventCallback OnRetry { get; set; }

    private ClinicNumbers Numbers => numbers;

    private ClinicClock Clock => clock;

    private bool IsFiltered =>
        Rows.Filter is { UnreadOnly: true } or { UnassignedOnly: true }
        || !string.IsNullOrWhiteSpace(Rows.Filter.Search);

    private string EmptyTitle =>
        Rows.Filter switch
        {
            { Search.Length: > 0 } => "Nothing found",
            { UnreadOnly: true } => "All texts are read",
            { UnassignedOnly: true } => "Every number has its client",
            _ => "No conversations",
        };

    private string EmptyText =>
        Rows.Filter switch
        {
            { Search.Length: > 0 } => "No text, client, patient or number has all these words.",
            { UnreadOnly: true } => "New texts show up here by themselves.",
            { UnassignedOnly: true } => "Texts from numbers that nobody has show up here.",
            _ => "When a client texts the clinic, it shows up here. Press + to text first.",
        };

    private Task FilterAsync(InboxFilter filter) => OnFilter.InvokeAsync(filter);

    private Task ShowAllAsync()
    {
        // Another field, an empty one.
        _cleared++;
        return FilterAsync(new InboxFilter(LineId: Rows.Filter.LineId));
    }

    private Task ChooseLineAsync(ChangeEventArgs e) =>
        FilterAsync(
            Rows.Filter with
            {
                LineId = Id<Line>.TryParse(e.Value as string, provider: null, out var line)
                    ? line
                    : null,
            }
        );

    private async Task SearchAsync(ChangeEventArgs e)
    {
        _typing?.Cancel();
        _typing?.Dispose();
        var typing = _typing = new CancellationTokenSource();
        try
        {
            await Task.Delay(Pause, typing.Token);
            await FilterAsync(Rows.Filter with { Search = e.Value as string });
        }
        catch (OperationCanceledException)
        {
            // Typed on; the later search counts.
        }
    }

    private async Task MoreAsync()
    {
        if (_loadingMore)
        {
            return;
        }
        _loadingMore = true;
        try
        {
            await OnMore.InvokeAsync();
        }
        finally
        {
            _loadingMore = false;
        }
    }

    public void Dispose()
    {
        _typing?.Cancel();
        _typing?.Dispose();
    }
}
