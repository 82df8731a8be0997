using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Clinic.Inbox.Clients;

/// <summary>Every client, found by typing.</summary>
public sealed partial class ClientsPage(
    ClientBook book,
    ClientFacts facts,
    Feed feed,
    IDialogService dialogs,
    NavigationManager navigation,
    IJSRuntime js,
    Announcements announcements,
    TimeProvider clock,
    ILogger<ClientsPage> log
) : IAsyncDisposable
{
    private const int PageSize = 100;

    /// <summary>Somebody who types fast does not search for every letter.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource _search = new();
    private ClientWatch? _watch;
    private IJSObjectReference? _module;
    private List<Client> _clients = [];
    private ClientCursor? _next;
    private string _region = "US";
    private string _text = "";
    private bool _loaded;
    private bool _failed;
    private bool _busy;

    /// <summary>What is searched, so that the way back from a profile finds the same list.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Query { get; set; }

    protected override Task OnInitializedAsync()
    {
        _text = Query ?? "";
        return LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _watch = new ClientWatch(feed, _ => true, () => InvokeAsync(ShowAnewAsync));
            _module = await js.InvokeAsync<IJSObjectReference>(
                "import",
                "./" + Assets["js/clients.js"]
            );
        }
    }

    private async Task ShowAnewAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    private Task LoadAsync() => LoadAsync(_gone.Token);

    private async Task LoadAsync(CancellationToken cancellation)
    {
        try
        {
            _region = (await facts.ClinicAsync(cancellation)).Region;
            // As many as are shown already, so that a change elsewhere does not fold the list.
            var most = Math.Max(PageSize, _clients.Count);
            var page = await book.SearchAsync(_text, after: null, most, cancellation);
            cancellation.ThrowIfCancellationRequested();
            _clients = [.. page.Clients];
            _next = page.Next;
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

    private async Task SearchAsync(ChangeEventArgs e)
    {
        _text = e.Value as string ?? "";
        await _search.CancelAsync();
        _search.Dispose();
        _search = new CancellationTokenSource();
        var search = _search.Token;
        try
        {
            await Task.Delay(Pause, clock, search);
        }
        catch (OperationCanceledException)
        {
            // The next letter searches.
            return;
        }
        _clients = [];
        await LoadAsync(search);
        if (search.IsCancellationRequested)
        {
            return;
        }
        announcements.Say(_clients.Count == 1 ? "One client" : $"{Count} clients");
        if (_module is not null)
        {
            var kept = _text.Length <= 100 ? _text : "";
            await _module.InvokeVoidAsync("remember", Paths.Clients, kept);
        }
    }

    private string Count => _next is null ? $"{_clients.Count}" : $"More than {_clients.Count}";

    private Task ClearAsync() => SearchAsync(new ChangeEventArgs { Value = "" });

    private async Task MoreAsync()
    {
        _busy = true;
        try
        {
            var page = await book.SearchAsync(_text, _next, PageSize, _gone.Token);
            _clients = [.. _clients, .. page.Clients];
            _next = page.Next;
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

    private async Task AddAsync()
    {
        if (await dialogs.AddClientAsync(number: null) is { } id)
        {
            navigation.NavigateTo(ClientPaths.Profile(id));
        }
    }

    [LoggerMessage(LogLevel.Error, "The clients could not be listed")]
    private partial void LogFailed(Exception failure);

    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        await _gone.CancelAsync();
        _gone.Dispose();
        await _search.CancelAsync();
        _search.Dispose();
        if (_module is not null)
        {
            try
            {
                await _module.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The browser is gone, and its module with it.
            }
        }
    }
}
