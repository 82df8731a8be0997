using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Clients;

/// <summary>The client's conversations: those that are open by a link, those that are closed to be read here.</summary>
public sealed partial class ProfileCommunications(
    InboxQueries inbox,
    Feed feed,
    ILogger<ProfileCommunications> log
) : IDisposable
{
    private const int PageSize = 20;

    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _subscription;
    private IReadOnlyList<ConversationRow> _open = [];
    private IReadOnlyList<ConversationRow> _closed = [];
    private Id<Client>? _shown;
    private bool _more;
    private bool _loaded;
    private bool _failed;

    [Parameter, EditorRequired]
    public ClientCard Card { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (Card.Client.Id != _shown)
        {
            _shown = Card.Client.Id;
            await LoadAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _subscription = feed.Subscribe(Take);
        }
    }

    private void Take(InboxEvent change)
    {
        var concerns = change switch
        {
            InboxEvent.ConversationChanged changed => changed.Row.ClientId == Card.Client.Id,
            InboxEvent.ConversationDeleted deleted => _closed
                .Concat(_open)
                .Any(r => r.Id == deleted.Id),
            InboxEvent.CatchUp => true,
            _ => false,
        };
        if (concerns)
        {
            _ = InvokeAsync(async () =>
            {
                await LoadAsync();
                StateHasChanged();
            });
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            var most = Math.Max(PageSize, _closed.Count);
            var open = new InboxFilter(ConversationState.Open, ClientId: Card.Client.Id);
            _open = await inbox.ListAsync(open, after: null, PageSize, _gone.Token);
            var closed = await inbox.ListAsync(Closed, after: null, most + 1, _gone.Token);
            _more = closed.Count > most;
            _closed = [.. closed.Take(most)];
            _failed = false;
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception failure)
        {
            LoadingFailed.Log(log, failure);
            _failed = true;
        }
        _loaded = true;
    }

    private async Task MoreAsync()
    {
        try
        {
            var last = _closed[^1];
            var after = new InboxCursor(last.LastMessageAt, last.Id);
            var page = await inbox.ListAsync(Closed, after, PageSize + 1, _gone.Token);
            _more = page.Count > PageSize;
            _closed = [.. _closed, .. page.Take(PageSize)];
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LoadingFailed.Log(log, failure);
            _failed = true;
        }
    }

    private InboxFilter Closed => new(ConversationState.Closed, ClientId: Card.Client.Id);

    public void Dispose()
    {
        _subscription?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
