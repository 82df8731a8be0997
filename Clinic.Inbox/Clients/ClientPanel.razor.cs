using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Clients;

/// <summary>
/// Who is texting: details, balance, patients, appointments, consent, edited in place. When the number is nobody's, it
/// offers to assign or add; when it is shared, it offers everybody who has it. Loads anew when the client changes.
/// </summary>
public sealed partial class ClientPanel(
    ClientFacts facts,
    ConversationDesk desk,
    Feed feed,
    IDialogService dialogs,
    ILogger<ClientPanel> log
) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private ClientWatch? _watch;
    private ClientCard? _card;
    private IReadOnlyList<Client> _owners = [];
    private IReadOnlyList<Client> _others = [];
    private (Id<Conversation>, Id<Client>?, PhoneNumber) _shown;
    private string _region = "US";
    private string? _problem;
    private bool _loading = true;
    private bool _failed;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <summary>The conversation; a new row of the same client and number loads nothing.</summary>
    [Parameter, EditorRequired]
    public ConversationRow Row { get; set; } = null!;

    /// <summary>The conversation was assigned, or the client changed, by this panel.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        var now = (Row.Id, Row.ClientId, Row.Number);
        if (now == _shown)
        {
            return;
        }
        _shown = now;
        _card = null;
        _problem = null;
        _loading = true;
        await ReloadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _watch = new ClientWatch(feed, Concerns, () => InvokeAsync(ShowAnewAsync));
        }
    }

    private bool Concerns(InboxEvent.ClientChanged change) =>
        (change.ClientId is { } id && (id == Row.ClientId || _owners.Any(o => o.Id == id)))
        || change.Number == Row.Number;

    private async Task ShowAnewAsync()
    {
        await ReloadAsync();
        StateHasChanged();
    }

    private async Task ReloadAsync()
    {
        var asked = _shown;
        try
        {
            var region = (await facts.ClinicAsync(_gone.Token)).Region;
            var owners = await facts.OwnersAsync(Row.Number, _gone.Token);
            var card = Row.ClientId is { } id ? await facts.CardAsync(id, _gone.Token) : null;
            if (asked != _shown)
            {
                // Another conversation was opened meanwhile; its own load shows it.
                return;
            }
            (_region, _owners, _card) = (region, owners, card);
            _others = [.. owners.Where(o => o.Id != Row.ClientId)];
            _failed = false;
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _failed = asked == _shown;
        }
        _loading = false;
    }

    private async Task PickAsync()
    {
        if (await dialogs.PickOwnerAsync(Row.Number) is { } picked)
        {
            await AssignAsync(picked.Id, picked.AddNumber);
        }
    }

    private async Task AddAsync()
    {
        if (await dialogs.AddClientAsync(Row.Number) is { } added)
        {
            await AssignAsync(added, addNumber: false);
        }
    }

    private Task AssignAsync(Id<Client> clientId) => AssignAsync(clientId, addNumber: false);

    private async Task AssignAsync(Id<Client> clientId, bool addNumber)
    {
        var actor = (await Authentication).User.Actor();
        var result = await desk.AssignAsync(Row.Id, clientId, addNumber, actor, _gone.Token);
        _problem =
            result == DeskResult.Done
                ? null
                : "It could not be assigned: the conversation or the client is not there any more.";
        await OnChanged.InvokeAsync();
    }

    private async Task ChangedAsync()
    {
        await ReloadAsync();
        await OnChanged.InvokeAsync();
    }

    [LoggerMessage(LogLevel.Error, "A client could not be loaded")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
