using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Documents;

/// <summary>The Documents tab of a client's profile. Live.</summary>
public sealed partial class ProfileDocuments(
    DocumentQueries documents,
    DocumentActions actions,
    Feed feed,
    ILogger<ProfileDocuments> log
) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private FoldedFeed? _changes;
    private Id<Client>? _shown;
    private IReadOnlyList<DocumentRow>? _rows;
    private bool _failed;

    [Parameter, EditorRequired]
    public ClientCard Card { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (Card.Client.Id != _shown)
        {
            _shown = Card.Client.Id;
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
        if (!changes.Any(Concerns))
        {
            return;
        }
        await InvokeAsync(async () =>
        {
            await LoadAsync();
            StateHasChanged();
        });
    }

    /// <summary>A document of the client changed, or the text that carries one went a step further.</summary>
    private bool Concerns(InboxEvent change) =>
        change switch
        {
            InboxEvent.DocumentsChanged(var client) => client == Card.Client.Id,
            InboxEvent.MessageChanged { Message: var message } => _rows?.Any(r =>
                r.Document.MessageId == message.Id && r.TextState != message.State
            )
                is true,
            InboxEvent.CatchUp => true,
            _ => false,
        };

    private async Task LoadAsync()
    {
        var asked = Card.Client.Id;
        try
        {
            var rows = await documents.OfClientAsync(asked, _gone.Token);
            if (asked == Card.Client.Id)
            {
                _rows = rows;
                _failed = false;
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody looks any more.
        }
        catch (Exception failure)
        {
            LoadingFailed.Log(log, failure);
            _failed = true;
        }
    }

    private Task SendAsync() => actions.SendAsync(Card.Client.Id, conversationId: null);

    public void Dispose()
    {
        _changes?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
