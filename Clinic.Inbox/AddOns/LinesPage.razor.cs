using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.AddOns;

/// <summary>Settings → Lines.</summary>
public sealed partial class LinesPage(LineBook book, ISnackbar snackbar)
    : ComponentBase,
        IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private IReadOnlyList<Line>? _lines;
    private bool _failed;
    private bool _busy;
    private string _number = "";
    private LineType _type;
    private string? _problem;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            _failed = false;
            _lines = await book.ListAsync(_leaving.Token);
        }
        catch (System.Data.Common.DbException)
        {
            _failed = true;
        }
    }

    private async Task AddAsync()
    {
        if (_busy)
        {
            return;
        }
        _busy = true;
        var actor = (await Authentication).User.Actor();
        var result = await book.AddAsync(_number, _type, actor, _leaving.Token);
        _problem = (result as LineResult.Invalid)?.Problem;
        if (result is LineResult.Saved)
        {
            _number = "";
            snackbar.Add("The line was added.", Severity.Success);
            await LoadAsync();
        }
        _busy = false;
    }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }
}
