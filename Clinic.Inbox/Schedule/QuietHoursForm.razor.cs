using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Clinic.Inbox.Schedule;

/// <summary>The daily window in which the system may text by itself.</summary>
public sealed partial class QuietHoursForm(HoursBook book)
{
    private SpanText? _shown;
    private string _from = "";
    private string _to = "";
    private string? _problem;
    private bool _saving;

    /// <summary>As it is kept; another one puts away what was typed.</summary>
    [Parameter, EditorRequired]
    public SpanText Window { get; set; } = null!;

    /// <summary>What to say.</summary>
    [Parameter]
    public EventCallback<string> OnSaved { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    private string? Invalid => _problem is null ? null : "true";

    protected override void OnParametersSet()
    {
        if (_shown != Window)
        {
            _shown = Window;
            (_from, _to) = Window;
        }
    }

    private async Task SaveAsync()
    {
        if (
            !(
                SpanText.Pattern.Parse(_from).TryGetValue(default, out var from)
                & SpanText.Pattern.Parse(_to).TryGetValue(default, out var to)
            )
        )
        {
            _problem = "Enter both times.";
            return;
        }
        _saving = true;
        try
        {
            _problem = await book.SaveQuietAsync(
                new QuietHours(from, to),
                (await Authentication).User.Actor(),
                CancellationToken.None
            );
        }
        finally
        {
            _saving = false;
        }
        if (_problem is null)
        {
            await OnSaved.InvokeAsync("The quiet hours were saved.");
        }
    }
}
