using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Clinic.Inbox.Schedule;

/// <summary>Closures from an iCalendar file, looked at before they are added.</summary>
public sealed partial class CalendarImport
{
    /// <summary>Bytes.</summary>
    private const int LargestFile = 256 * 1024;

    private IReadOnlyList<(DateOnly From, DateOnly To, string Name)>? _found;
    private string? _problem;
    private int _turn;

    [Parameter, EditorRequired]
    public ClosureRow[] Closures { get; set; } = [];

    [Parameter, EditorRequired]
    public DateOnly Today { get; set; }

    /// <summary>What to say.</summary>
    [Parameter]
    public EventCallback<string> OnAdded { get; set; }

    private async Task ReadAsync(InputFileChangeEventArgs chosen)
    {
        _found = null;
        _problem = null;
        var file = chosen.File;
        if (file.Size > LargestFile)
        {
            _problem = string.Create(
                CultureInfo.InvariantCulture,
                $"This file has {file.Size / 1024:N0} KB; {LargestFile / 1024} KB is the most. Export fewer years."
            );
            return;
        }
        try
        {
            await using var stream = file.OpenReadStream(LargestFile);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var text = await reader.ReadToEndAsync();
            // Repeating events take a while to count out; the circuit goes on meanwhile.
            _found = await Task.Run(() => Holidays.Import(text, Today));
            if (_found.Count == 0)
            {
                _found = null;
                _problem = "This file has no event in the next two years.";
            }
        }
        catch (FormatException unreadable)
        {
            _problem = unreadable.Message;
        }
        catch (IOException)
        {
            _problem = "The file could not be read. Choose it again.";
        }
    }

    private async Task AddedAsync(int count)
    {
        PutAway();
        await OnAdded.InvokeAsync(
            count == 1 ? "1 closure was added." : $"{count} closures were added."
        );
    }

    private void PutAway()
    {
        _found = null;
        // A new input: the browser's forgets its file only so.
        _turn++;
    }
}
