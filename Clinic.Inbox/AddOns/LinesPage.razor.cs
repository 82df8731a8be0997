using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.AddOns;

/// <summary>Settings → Lines.</summary>
public sealed partial class LinesPage(LineBook book, ISnackbar snackbar, ILogger<LinesPage> log)
    : LoadedPage(log)
{
    private IReadOnlyList<Line>? _lines;
    private bool _busy;
    private string _number = "";
    private LineType _type;
    private string? _problem;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    protected override async Task LoadAsync() => _lines = await book.ListAsync(Cancellation);

    private async Task AddAsync()
    {
        if (_busy)
        {
            return;
        }
        _busy = true;
        var actor = (await Authentication).User.Actor();
        var result = await book.AddAsync(_number, _type, actor, Cancellation);
        _problem = (result as LineResult.Invalid)?.Problem;
        if (result is LineResult.Saved)
        {
            _number = "";
            snackbar.Add("The line was added.", Severity.Success);
            await ReloadAsync();
        }
        _busy = false;
    }
}
