using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.JSInterop;
using MudBlazor;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>
/// The inbox: conversations, the open one, its client. It prerenders with its data, comes alive without a flicker, and
/// follows the feed. What a person does lives in <see cref="DeskActions"/>, what is shown in <see cref="InboxBoard"/>.
/// </summary>
public sealed partial class InboxPage : IAsyncDisposable
{
    /// <summary>A conversation that opens within this time shows no skeleton, but the one before it until then.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _ended = new();
    private readonly InboxBoard _board;
    private readonly Feed _feed;
    private readonly LightSignal _light;
    private readonly Announcements _announcements;
    private readonly ClinicNumbers _numbers;
    private readonly NavigationManager _navigation;
    private readonly IJSRuntime _js;
    private readonly PersistentComponentState _persisted;
    private readonly SnapshotShelf _shelf;
    private readonly ILogger<InboxPage> _log;
    private PersistingComponentStateSubscription _persisting;
    private FoldedFeed? _changes;
    private DotNetObjectReference<InboxPage>? _self;
    private readonly PageScript _script = new();
    private ElementReference _root;
    private Id<Conversation>? _selected;
    private string? _found;
    private string _me = "";
    private bool _mayDelete;
    private bool _rowsLoading = true;
    private bool _rowsFailed;
    private bool _threadFailed;
    private bool _threadMissing;
    private bool _sideFolded;
    private bool _sideOnPhone;
    private bool _looking;

    public InboxPage(
        InboxQueries inbox,
        InboxSearch search,
        ThreadQueries threads,
        DeskActions actions,
        DocumentActions documents,
        Feed feed,
        LightSignal light,
        Announcements announcements,
        ClinicNumbers numbers,
        NavigationManager navigation,
        IDialogService dialogs,
        IJSRuntime js,
        PersistentComponentState persisted,
        SnapshotShelf shelf,
        ILogger<InboxPage> log
    )
    {
        _board = new InboxBoard(inbox, search, threads);
        Actions = actions;
        Documents = documents;
        Dialogs = dialogs;
        (_feed, _light, _announcements, _numbers) = (feed, light, announcements, numbers);
        (_navigation, _js, _persisted, _shelf, _log) = (navigation, js, persisted, shelf, log);
    }

    /// <summary>The id of the open conversation, as it stands in the address.</summary>
    [Parameter]
    public string? Address { get; set; }

    /// <summary>The id of a text in it that was found: it is scrolled to.</summary>
    [SupplyParameterFromQuery(Name = "text")]
    public string? Text { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState>? SignedIn { get; set; }

    /// <summary>While prerendering only.</summary>
    [CascadingParameter]
    private HttpContext? Request { get; set; }

    private DeskActions Actions { get; }

    private DocumentActions Documents { get; }

    private IDialogService Dialogs { get; }

    /// <summary>The open conversation's client, or number.</summary>
    private string? Name => _board.Thread is { Row: var row } ? NameOf(row) : null;

    /// <summary>No line is on for conversations. The panes stay, unseen, so that they are there when one is.</summary>
    private bool IsClosed =>
        !_rowsLoading && !_rowsFailed && !_board.Lines.Any(line => line.CanConverse);

    /// <summary>Which pane a phone shows.</summary>
    private string Show =>
        (_selected, _sideOnPhone) switch
        {
            (null, _) => "list",
            (_, true) => "side",
            _ => "main",
        };

    protected override async Task OnInitializedAsync()
    {
        _persisting = _persisted.RegisterOnPersisting(
            () =>
            {
                _persisted.PersistAsJson("inbox", _shelf.Put(_board.Snapshot(_sideFolded)));
                return Task.CompletedTask;
            },
            RenderMode.InteractiveServer
        );
        if (
            _persisted.TryTakeFromJson<string>("inbox", out var key)
            && key is not null
            && _shelf.Take(key) is { } snapshot
        )
        {
            _board.Restore(snapshot);
            _selected = _board.Thread?.Id;
            _sideFolded = snapshot.SideFolded;
            _rowsLoading = false;
        }
        else
        {
            _sideFolded = Request?.Request.Cookies["inbox-side"] == "closed";
        }
        if (SignedIn is not null)
        {
            _me = (await SignedIn).User.DisplayName();
            _mayDelete = await Actions.MayDeleteAsync();
        }
        if (_rowsLoading)
        {
            await LoadRowsAsync(_board.Rows.Filter);
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        var wanted = Id<Conversation>.TryParse(Address, provider: null, out var id)
            ? id
            : (Id<Conversation>?)null;
        var isFoundAnew = Text != _found;
        _found = Text;
        if (wanted != _selected)
        {
            _selected = wanted;
            _board.Rows.Show(wanted);
            _sideOnPhone = false;
            await OpenAsync();
            // Address and query may come one after the other: whatever was found meanwhile is shown now.
            await ShowFoundAsync();
        }
        else if (isFoundAnew)
        {
            await ShowFoundAsync();
        }
        if (wanted is null)
        {
            // What stands in the address is no id.
            _threadMissing = Address is not null;
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }
        _changes = new FoldedFeed(_feed, changes => InvokeAsync(() => TakeAsync(changes)));
        _self = DotNetObjectReference.Create(this);
        await _script.AttachAsync(_js, Assets["js/inbox-page.js"], _root, _self);
        await CatchUp();
        await ShowFoundAsync();
    }

    /// <summary>Whether somebody has this window before them.</summary>
    [JSInvokable]
    public Task LookingChanged(bool looking)
    {
        _looking = looking;
        return ReadWhatIsSeenAsync();
    }

    /// <summary>Shows what was missed: after the page came alive and after a lost connection.</summary>
    [JSInvokable]
    public async Task CatchUp()
    {
        if (_ended.IsCancellationRequested)
        {
            // Somebody went on before the page's script had come.
            return;
        }
        try
        {
            await _board.CatchUpAsync(_ended.Token);
            _rowsLoading = _rowsFailed = false;
            await ReadWhatIsSeenAsync();
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
        catch (Exception failure)
        {
            // What is shown stays, and the feed goes on.
            LogNotRead(failure);
        }
        StateHasChanged();
    }

    /// <summary>A single key: <c>e</c>, <c>u</c>, <c>n</c> or <c>?</c>; the others are moved by the script alone.</summary>
    [JSInvokable]
    public Task KeyPressed(string key) =>
        key switch
        {
            "e" => ChooseAsync("close"),
            "u" => ChooseAsync("unread"),
            "n" => StartNewAsync(),
            "?" => Dialogs.ShowKeysAsync(),
            _ => Task.CompletedTask,
        };

    private async Task TakeAsync(IReadOnlyList<InboxEvent> changes)
    {
        try
        {
            var change = _board.Take(changes);
            if (change.ThreadDeleted)
            {
                Actions.Say(DeskActions.Deleted);
                Leave();
            }
            if (change.Draws)
            {
                StateHasChanged();
            }
            if (change.Arrived is { } text && _looking && Name is { } name)
            {
                _announcements.Say($"New text from {name}: {text.Text}");
            }
            if (change.AsksAll)
            {
                await CatchUp();
            }
            await ReadWhatIsSeenAsync();
            await AskAgainAsync(change);
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
        catch (Exception failure)
        {
            LogNotRead(failure);
        }
    }

    private async Task AskAgainAsync(BoardChange change)
    {
        if (change.AsksLines)
        {
            await _board.LoadLinesAsync(_ended.Token);
        }
        if (change.AsksComposer)
        {
            await _board.AskComposerAsync(_ended.Token);
        }
        if (change.AsksPeople)
        {
            await _board.AskPeopleAsync(_ended.Token);
        }
        if (change.AsksLines || change.AsksComposer || change.AsksPeople)
        {
            StateHasChanged();
        }
    }

    /// <summary>What lies open before somebody is read, by them and so by the whole desk.</summary>
    private async Task ReadWhatIsSeenAsync()
    {
        var seen = _looking && !IsClosed ? _board.Thread : null;
        _light.Watched = seen?.Id;
        if (seen is { IsOpen: true, Row.Unread: > 0 } && seen.Id == _selected)
        {
            await Actions.MarkReadAsync(seen.Id);
        }
    }

    private async Task OpenAsync()
    {
        _threadFailed = _threadMissing = false;
        if (_selected is not { } id)
        {
            _board.CloseThread();
            _light.Watched = null;
            return;
        }
        try
        {
            // Written down beside the reading, so that nobody waits for both.
            var noting = Actions.NoteReadAsync(id, _ended.Token);
            var opening = _board.OpenAsync(id, noting, _ended.Token);
            if (await Task.WhenAny(opening, Task.Delay(Grace, _ended.Token)) != opening)
            {
                _board.HideThread();
                StateHasChanged();
            }
            var missing = !await opening;
            if (_selected != id)
            {
                // Another was chosen meanwhile.
                return;
            }
            _threadMissing = missing;
            await ReadWhatIsSeenAsync();
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
        catch (Exception failure)
        {
            LogNotRead(failure);
            if (_selected == id)
            {
                _threadFailed = true;
                _board.CloseThread();
            }
        }
    }

    /// <summary>Goes back to the text that was found, once the thread is there.</summary>
    private async Task ShowFoundAsync()
    {
        if (
            !Id<Message>.TryParse(_found, provider: null, out var text)
            || _board.Thread is not { } thread
            || thread.Id != _selected
        )
        {
            return;
        }
        try
        {
            await _board.LoadBackToAsync(text, _ended.Token);
            StateHasChanged();
            await _script.RunAsync("showText", text.ToString());
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
        catch (Exception failure)
        {
            // The conversation is open at its end.
            LogNotRead(failure);
        }
    }

    private async Task LoadRowsAsync(InboxFilter filter)
    {
        try
        {
            if (_board.Lines.Count == 0)
            {
                await _board.LoadLinesAsync(_ended.Token);
            }
            await _board.LoadRowsAsync(filter, _ended.Token);
            _rowsFailed = false;
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
        catch (Exception failure)
        {
            LogNotRead(failure);
            _rowsFailed = true;
        }
        _rowsLoading = false;
    }

    private Task FilterAsync(InboxFilter filter) => LoadRowsAsync(filter);

    private Task RetryRowsAsync()
    {
        (_rowsFailed, _rowsLoading) = (false, true);
        return LoadRowsAsync(_board.Rows.Filter);
    }

    private Task LoadMoreAsync() => _board.LoadMoreRowsAsync(_ended.Token);

    private Task LoadOlderAsync() => _board.LoadOlderAsync(_ended.Token);

    private async Task<IReadOnlyList<MessageView>> LoadEarlierAsync(Id<Conversation> id)
    {
        await Actions.NoteReadAsync(id, _ended.Token);
        return await _board.LoadEarlierAsync(id, _ended.Token);
    }

    private async Task RefreshPeopleAsync()
    {
        await _board.AskPeopleAsync(_ended.Token);
        await _board.AskComposerAsync(_ended.Token);
    }

    private async Task ChooseAsync(string act)
    {
        if (_board.Thread is not { Row: var row })
        {
            return;
        }
        var leaves = act switch
        {
            "close" => row.State == ConversationState.Open && await Actions.CloseAsync(row),
            "unread" => row.State == ConversationState.Open && await MarkUnreadAsync(row) && false,
            "delete" => await Actions.DeleteAsync(row, NameOf(row)),
            "assign" => await Actions.AssignAsync(row) && false,
            "add" => await Actions.AddClientAsync(row) && false,
            _ => false,
        };
        if (leaves)
        {
            Leave();
        }
    }

    /// <summary>The conversation is left first: what lies open is read at once.</summary>
    private Task<bool> MarkUnreadAsync(ConversationRow row)
    {
        _board.CloseThread();
        Leave();
        return Actions.MarkUnreadAsync(row);
    }

    private async Task StartNewAsync()
    {
        var line =
            _board.Lines.FirstOrDefault(l => l.Id == _board.Rows.Filter.LineId)
            ?? _board.Lines.FirstOrDefault(l => l.CanConverse)
            ?? _board.Lines.FirstOrDefault();
        if (
            line is not null
            && !IsClosed
            && await Dialogs.PickRecipientAsync() is { } recipient
            && await Actions.StartAsync(line.Id, recipient.Number, recipient.ClientId) is { } row
        )
        {
            await GoAsync(row);
        }
    }

    private async Task TakeWayOutAsync(LockWayOut way)
    {
        if (_board.Thread is not { Row: var row })
        {
            return;
        }
        if (way == LockWayOut.RecordConsent && row.ClientId is { } client)
        {
            await Dialogs.RecordConsentAsync(client);
        }
        else if (
            way == LockWayOut.StartAgain
            && await Actions.StartAsync(row.LineId, row.Number, row.ClientId) is { } started
        )
        {
            await GoAsync(started);
        }
    }

    private async Task GoAsync(ConversationRow row)
    {
        _navigation.NavigateTo($"{Paths.Inbox}/{row.Id}");
        await _script.RunAsync("reply", row.Id.ToString());
    }

    private void Leave() => _navigation.NavigateTo(Paths.Inbox);

    private async Task ToggleSideAsync()
    {
        if (await _script.AskAsync<bool>("isPhone"))
        {
            _sideOnPhone = true;
            return;
        }
        _sideFolded = !_sideFolded;
        await _script.RunAsync("rememberSide", _sideFolded ? "closed" : "open");
    }

    private string NameOf(ConversationRow row) => row.ClientName ?? _numbers.Write(row.Number);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _changes?.Dispose();
        _persisting.Dispose();
        _light.Watched = null;
        await _script.DisposeAsync();
        _self?.Dispose();
        _ended.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "The inbox could not be read")]
    private partial void LogNotRead(Exception failure);
}
