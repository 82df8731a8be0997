using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>One phone: its thread with the clinic, live, and what its owner can send.</summary>
public sealed partial class Handset(
    PhoneNetwork network,
    Handsets handsets,
    PublicAddress address,
    ClinicClock clinicClock,
    TimeProvider clock
) : IDisposable
{
    private const int MostFiles = 10;
    private static readonly TimeSpan Fold = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(20);
    private static readonly string[] Ready = ["Is Bella ready?", "STOP", "START", "HELP"];

    private readonly CancellationTokenSource _ended = new();
    private readonly List<ShelfFile> _attached = [];
    private IReadOnlyList<(PhoneMessage Message, string? Day)> _messages = [];
    private bool _onTheWay;
    private bool _choosing;
    private string _text = "";
    private string? _problem;
    private int _changed;

    [Parameter, EditorRequired]
    public PhoneOwner Owner { get; set; } = null!;

    [Parameter, EditorRequired]
    public ClinicLine Line { get; set; } = null!;

    /// <summary>What was texted before the simulator started.</summary>
    [Parameter]
    public IReadOnlyList<PhoneMessage> History { get; set; } = [];

    [Parameter]
    public EventCallback OnRemove { get; set; }

    private string Name => Owner.Name.Length > 0 ? Owner.Name : "Unknown caller";

    protected override void OnParametersSet() => Load();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            network.Changed += OnChanged;
            _ = FollowClockAsync();
            // What happened between prerendering and this moment.
            OnChanged(this, EventArgs.Empty);
        }
    }

    public void Dispose()
    {
        network.Changed -= OnChanged;
        _ended.Cancel();
        _ended.Dispose();
    }

    private void Load()
    {
        var live = network.Of(Owner.Number.Digits);
        var known = live.Select(m => m.MessageUuid).ToHashSet(StringComparer.Ordinal);
        var shown = History
            .Where(m => !known.Contains(m.MessageUuid))
            .Concat(live.Where(m => m.OnPhone || m.State == PhoneMessageState.Rejected));
        var day = "";
        _messages =
        [
            .. shown
                .OrderBy(m => m.At)
                .Select(m =>
                {
                    var its = clinicClock.Format(m.At, TimeStyle.Day);
                    var isNew = its != day;
                    day = its;
                    return (m, isNew ? its : null);
                }),
        ];
        _onTheWay = live.Any(m =>
            m.State is PhoneMessageState.Accepted or PhoneMessageState.Submitted
        );
    }

    private void OnChanged(object? sender, EventArgs e)
    {
        // A burst is folded into one render.
        if (Interlocked.Exchange(ref _changed, 1) == 0)
        {
            _ = ShowSoonAsync();
        }
    }

    private async Task ShowSoonAsync()
    {
        try
        {
            await Task.Delay(Fold, _ended.Token);
            await InvokeAsync(() =>
            {
                Interlocked.Exchange(ref _changed, 0);
                Load();
                StateHasChanged();
            });
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The phone was removed or the page left.
        }
    }

    /// <summary>Keeps the phone's clock right; the demo clock rings this too when it jumps.</summary>
    private async Task FollowClockAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Tick, clock);
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                OnChanged(this, EventArgs.Empty);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The phone was removed or the page left.
        }
    }

    private void Attach(ShelfFile file)
    {
        _choosing = false;
        _problem =
            _attached.Count < MostFiles ? null : $"A text carries {MostFiles} files at most.";
        if (_problem is null)
        {
            _attached.Add(file);
        }
    }

    private async Task SendTypedAsync()
    {
        var text = _text.Trim();
        if (text.Length == 0 && _attached.Count == 0)
        {
            return;
        }
        _text = "";
        await SendAsync(text);
    }

    private async Task SendAsync(string text)
    {
        _problem = null;
        _choosing = false;
        var files = _attached
            .Select(file => new PhoneFile(
                FileKinds.NameOf(file.ContentType),
                PublicAddress.Join(address.Local, SimulatorPaths.Media(file.Id)).AbsoluteUri,
                file.Name
            ))
            .ToList();
        _attached.Clear();
        await handsets.SendAsync(
            Owner.Number.Digits,
            Line.Number.Digits,
            text,
            files,
            _ended.Token
        );
    }
}
