using Clinic.Inbox.Data;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Phones side by side, and what the simulated world around them does.</summary>
public sealed partial class HandsetPage(ClinicDirectory directory, ILogger<HandsetPage> log)
    : IDisposable
{
    /// <summary>Phones of one page; more fit on no screen.</summary>
    private const int MostPhones = 8;

    private const int FirstClients = 2;

    /// <summary>A number that no client has.</summary>
    private static readonly PhoneNumber Stranger = PhoneNumber.FromStored("+14155550199");

    private readonly CancellationTokenSource _ended = new();
    private readonly List<PhoneOwner> _owners = [];
    private readonly Dictionary<PhoneNumber, IReadOnlyList<PhoneMessage>> _history = [];
    private ClinicLine? _line;
    private string _newNumber = "";
    private string? _problem;
    private bool _loaded;
    private bool _failed;

    protected override Task OnInitializedAsync() => LoadAsync();

    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    private async Task LoadAsync()
    {
        try
        {
            _line = await directory.LineAsync(_ended.Token);
            if (_line is not null && _owners.Count == 0)
            {
                foreach (var owner in await directory.FirstMobilesAsync(FirstClients, _ended.Token))
                {
                    await ShowAsync(owner);
                }
                await ShowAsync(await directory.OwnerAsync(Stranger, _ended.Token));
            }
            _loaded = true;
            _failed = false;
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _failed = true;
        }
    }

    private async Task AddAsync()
    {
        if (!PhoneNumber.TryParse(_newNumber, _line!.Region, out var number, out _problem))
        {
            return;
        }
        if (_history.ContainsKey(number))
        {
            _problem = "That phone is here already.";
            return;
        }
        if (_owners.Count >= MostPhones)
        {
            _problem = $"{MostPhones} phones are the most at once. Remove one first.";
            return;
        }
        await ShowAsync(await directory.OwnerAsync(number, _ended.Token));
        _newNumber = "";
    }

    private async Task ShowAsync(PhoneOwner owner)
    {
        var history = await directory.HistoryAsync(owner.Number, _line!, _ended.Token);
        if (_history.TryAdd(owner.Number, history))
        {
            _owners.Add(owner);
        }
    }

    private void Remove(PhoneOwner owner)
    {
        _owners.Remove(owner);
        _history.Remove(owner.Number);
    }

    [LoggerMessage(LogLevel.Error, "The simulator's page could not read the clinic")]
    private partial void LogFailed(Exception failure);
}
