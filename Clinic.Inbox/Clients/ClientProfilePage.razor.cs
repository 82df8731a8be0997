using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Clients;

/// <summary>One client: details, reminders, communications, documents, consent. Each tab has its address.</summary>
public sealed partial class ClientProfilePage(
    ClientFacts facts,
    ConversationDesk desk,
    InboxQueries inbox,
    Feed feed,
    NavigationManager navigation,
    ISnackbar snackbar,
    ReadLog reads,
    AuthenticationStateProvider session,
    ILogger<ClientProfilePage> log
) : IDisposable
{
    private static readonly (string Name, string Title)[] Tabs =
    [
        ("overview", "Overview"),
        ("reminders", "Reminders"),
        ("communications", "Communications"),
        ("documents", "Documents"),
        ("consent", "Consent"),
    ];

    private readonly CancellationTokenSource _gone = new();
    private ClientWatch? _watch;
    private ClientCard? _card;
    private string? _shown;
    private bool _loaded;
    private bool _failed;
    private bool _busy;

    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [Parameter]
    public string? Tab { get; set; }

    private string Current =>
        Array.Find(Tabs, t => t.Name.Equals(Tab, StringComparison.OrdinalIgnoreCase)).Name
        ?? Tabs[0].Name;

    protected override async Task OnParametersSetAsync()
    {
        if (Id == _shown)
        {
            return;
        }
        _shown = Id;
        _card = null;
        _loaded = false;
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _watch = new ClientWatch(feed, Concerns, () => InvokeAsync(ShowAnewAsync));
        }
    }

    private bool Concerns(InboxEvent.ClientChanged change) =>
        _card is { Client: var client }
        && (
            change.ClientId == client.Id
            || (change.Number is { } number && client.Phones.Any(p => p.Number == number))
        );

    private async Task ShowAnewAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        var asked = Id;
        try
        {
            var card = Id<Client>.TryParse(Id, provider: null, out var id)
                ? await facts.CardAsync(id, _gone.Token)
                : null;
            if (card is not null)
            {
                var reader = (await session.GetAuthenticationStateAsync()).User.Actor();
                await reads.NoteAsync(reader, "client.read", id.ToString(), _gone.Token);
            }
            if (asked != Id)
            {
                return;
            }
            _card = card;
            _failed = false;
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _failed = true;
        }
        _loaded = true;
    }

    /// <summary>Opens the conversation with the client's mobile on the two-way line, and starts it when there is none.</summary>
    private async Task TextAsync()
    {
        if (_card?.Client is not { } client)
        {
            return;
        }
        if (client.Mobile is not { } mobile)
        {
            snackbar.Add("This client has no mobile number. Add one in the details first.");
            return;
        }
        _busy = true;
        try
        {
            var lines = await inbox.LinesAsync(_gone.Token);
            if (lines.FirstOrDefault(l => l.CanConverse) is not { } line)
            {
                snackbar.Add(
                    "Two-way texting is off. A practice manager can enable it in Settings."
                );
                return;
            }
            var (row, _) = await desk.StartAsync(line.Id, mobile, client.Id, _gone.Token);
            navigation.NavigateTo(ClientPaths.Conversation(row.Id));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            snackbar.Add("The conversation could not be opened. Try again.", Severity.Error);
        }
        finally
        {
            _busy = false;
        }
    }

    [LoggerMessage(LogLevel.Error, "A client's profile could not be shown")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
