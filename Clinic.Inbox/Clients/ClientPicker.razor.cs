using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Clinic.Inbox.Clients;

/// <summary>Finds one client by typing.</summary>
public sealed partial class ClientPicker(
    ClientBook book,
    ClientFacts facts,
    Announcements announcements,
    TimeProvider clock,
    ILogger<ClientPicker> log
) : IDisposable
{
    private const int Most = 8;

    /// <summary>Somebody who types fast does not search for every letter.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private readonly string _prefix = "p" + Guid.NewGuid().ToString("N")[..8];
    private IReadOnlyList<Client> _found = [];
    private CancellationTokenSource _search = new();
    private ElementReference _input;
    private string _region = "US";
    private string _text = "";
    private bool _searched;
    private bool _failed;
    private int _active;

    [Parameter]
    public string Label { get; set; } = "Client";

    /// <summary>Who is picked.</summary>
    [Parameter]
    public Client? Value { get; set; }

    [Parameter]
    public EventCallback<Client?> ValueChanged { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _region = (await facts.ClinicAsync(_search.Token)).Region;
        await FindAsync(_search.Token);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _input.TryFocusAsync();
        }
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
            await FindAsync(search);
        }
        catch (OperationCanceledException)
        {
            // The next letter searches.
            return;
        }
        announcements.Say(
            _found.Count switch
            {
                0 => "No client found",
                1 => "One client found: " + _found[0].FullName,
                var count => $"{count} clients found",
            }
        );
    }

    private async Task FindAsync(CancellationToken cancellation)
    {
        try
        {
            var page = await book.SearchAsync(_text, after: null, Most, cancellation);
            cancellation.ThrowIfCancellationRequested();
            _found = page.Clients;
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _found = [];
            _failed = true;
        }
        _searched = true;
        _active = 0;
    }

    private async Task OnKeyAsync(KeyboardEventArgs e)
    {
        switch (e.Key)
        {
            case "ArrowDown" when _found.Count > 0:
                _active = (_active + 1) % _found.Count;
                break;
            case "ArrowUp" when _found.Count > 0:
                _active = (_active + _found.Count - 1) % _found.Count;
                break;
            case "Enter" when _found.Count > 0:
                await PickAsync(_found[_active]);
                break;
        }
    }

    /// <summary>Whoever was clicked on, though the list may have become another one since.</summary>
    private Task PickAsync(Client client)
    {
        _active = Math.Max(0, _found.ToList().FindIndex(c => c.Id == client.Id));
        return ValueChanged.InvokeAsync(client);
    }

    private string Describe(Client client)
    {
        var patients = string.Join(
            ", ",
            client.Patients.Where(p => !p.Deceased).Select(p => p.Name)
        );
        var number = (client.Mobile ?? client.Phones.FirstOrDefault()?.Number)?.Display(_region);
        return (number, patients) switch
        {
            (null, "") => "No number",
            (null, _) => patients,
            (_, "") => number,
            _ => $"{number} · {patients}",
        };
    }

    private string Id(string part) => $"{_prefix}-{part}";

    [LoggerMessage(LogLevel.Error, "Clients could not be searched")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _search.Cancel();
        _search.Dispose();
    }
}
