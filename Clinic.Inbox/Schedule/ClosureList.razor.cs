using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Clinic.Inbox.Schedule;

/// <summary>Days on which the clinic is closed: those ahead, and one more.</summary>
public sealed partial class ClosureList(HoursBook book)
{
    private string _name = "";
    private DateOnly? _from;
    private DateOnly? _to;
    private (string Field, string Text)? _problem;
    private bool _busy;

    [Parameter, EditorRequired]
    public ClosureRow[] Closures { get; set; } = [];

    /// <summary>At the clinic.</summary>
    [Parameter, EditorRequired]
    public DateOnly Today { get; set; }

    /// <summary>What to say.</summary>
    [Parameter]
    public EventCallback<string> OnChanged { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    private IReadOnlyList<ClosureRow> Ahead => [.. Closures.Where(c => c.To >= Today)];

    private IReadOnlyList<ClosureRow> Past => [.. Closures.Where(c => c.To < Today).Reverse()];

    private string? Invalid(string field) => _problem?.Field == field ? "true" : null;

    private async Task AddAsync()
    {
        _problem = Check();
        if (_problem is not null || _busy)
        {
            return;
        }
        _busy = true;
        try
        {
            var actor = (await Authentication).User.Actor();
            var added = await book.AddClosuresAsync(
                [(_from!.Value, _to ?? _from.Value, _name.Trim())],
                actor,
                CancellationToken.None
            );
            if (added == 0)
            {
                _problem = ("name", "This closure is there already.");
                return;
            }
            (_name, _from, _to) = ("", null, null);
        }
        finally
        {
            _busy = false;
        }
        await OnChanged.InvokeAsync("The closure was added.");
    }

    private (string Field, string Text)? Check() =>
        string.IsNullOrWhiteSpace(_name) ? ("name", "Enter what the closure is called.")
        : _from is not { } from ? ("from", "Choose the first day.")
        : Closure.Problem(from, _to ?? from, _name);

    private async Task RemoveAsync(ClosureRow closure)
    {
        _busy = true;
        try
        {
            await book.RemoveClosureAsync(
                Id<Closure>.Parse(closure.Id),
                (await Authentication).User.Actor(),
                CancellationToken.None
            );
        }
        finally
        {
            _busy = false;
        }
        await OnChanged.InvokeAsync($"{closure.Name} was removed.");
    }
}
