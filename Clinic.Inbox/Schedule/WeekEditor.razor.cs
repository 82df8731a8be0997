using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Clinic.Inbox.Schedule;

/// <summary>Opening hours of each weekday, with breaks.</summary>
public sealed partial class WeekEditor(HoursBook book)
{
    private WeekDraft _draft = WeekDraft.Of([]);
    private DayText[]? _shown;
    private bool _saving;

    /// <summary>As it is kept; another one puts away what was typed.</summary>
    [Parameter, EditorRequired]
    public DayText[] Week { get; set; } = [];

    /// <summary>What to say.</summary>
    [Parameter]
    public EventCallback<string> OnSaved { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    protected override void OnParametersSet()
    {
        if (_shown is null || !Same(_shown, Week))
        {
            _shown = Week;
            _draft = WeekDraft.Of(Week);
        }
    }

    private void Copy() => _draft.CopyMondayToWeekdays();

    private async Task SaveAsync()
    {
        if (_saving || _draft.Read() is not { } week)
        {
            return;
        }
        _saving = true;
        try
        {
            await book.SaveWeekAsync(
                week,
                (await Authentication).User.Actor(),
                CancellationToken.None
            );
            _shown = HoursView.WeekOf(week);
        }
        finally
        {
            _saving = false;
        }
        await OnSaved.InvokeAsync("The week was saved.");
    }

    /// <summary>The page loads anew every minute: what is being typed stays unless somebody else saved.</summary>
    private static bool Same(DayText[] one, DayText[] other) =>
        one.Zip(other)
            .All(p => p.First.Day == p.Second.Day && p.First.Spans.SequenceEqual(p.Second.Spans))
        && one.Length == other.Length;

    private static string Nth(int at) => at == 0 ? "" : $" ({at + 1})";
}
