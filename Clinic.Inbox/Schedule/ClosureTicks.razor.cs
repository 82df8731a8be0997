using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Clinic.Inbox.Schedule;

/// <summary>Days to tick and add as closures: holidays, or those of a calendar file.</summary>
public sealed partial class ClosureTicks(HoursBook book)
{
    private readonly HashSet<(DateOnly From, DateOnly To, string Name)> _ticked = [];
    private IReadOnlyList<(DateOnly, DateOnly, string)>? _shown;
    private bool _busy;

    /// <summary>For who does not see: what the days are.</summary>
    [Parameter, EditorRequired]
    public string Legend { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<(DateOnly From, DateOnly To, string Name)> Items { get; set; } = [];

    /// <summary>What is there already.</summary>
    [Parameter, EditorRequired]
    public ClosureRow[] Closures { get; set; } = [];

    /// <summary>All are ticked to begin with.</summary>
    [Parameter]
    public bool AllTicked { get; set; }

    /// <summary>How many were added.</summary>
    [Parameter]
    public EventCallback<int> OnAdded { get; set; }

    /// <summary>More buttons.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    protected override void OnParametersSet()
    {
        if (_shown is null || !_shown.SequenceEqual(Items))
        {
            _shown = Items;
            _ticked.Clear();
            if (AllTicked)
            {
                TickAll();
            }
        }
        _ticked.RemoveWhere(Known);
    }

    private bool Known((DateOnly From, DateOnly To, string Name) item) =>
        Closures.Any(c => c.From == item.From && c.To == item.To && c.Name == item.Name);

    private void Tick((DateOnly, DateOnly, string) item, bool ticked) =>
        _ = ticked ? _ticked.Add(item) : _ticked.Remove(item);

    private void TickAll() => _ticked.UnionWith(Items.Where(i => !Known(i)));

    private async Task AddAsync()
    {
        _busy = true;
        int added;
        try
        {
            added = await book.AddClosuresAsync(
                [.. _ticked],
                (await Authentication).User.Actor(),
                CancellationToken.None
            );
            _ticked.Clear();
        }
        finally
        {
            _busy = false;
        }
        await OnAdded.InvokeAsync(added);
    }
}
