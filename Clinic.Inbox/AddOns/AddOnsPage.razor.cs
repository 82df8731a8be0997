using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.AddOns;

/// <summary>What is on, with which number, and whether it sends.</summary>
public sealed partial class AddOnsPage(
    LineBook book,
    Feed feed,
    ISnackbar messages,
    AuthenticationStateProvider session,
    ILogger<AddOnsPage> log
) : LoadedPage(log)
{
    private IDisposable? _changes;

    [PersistentState]
    public LineRow[]? Lines { get; set; }

    protected override async Task LoadAsync()
    {
        // What came with the page is kept until something changes.
        if (Lines is null || _changes is not null)
        {
            Lines = [.. (await book.ListAsync(Cancellation)).Select(LineRow.Of)];
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _changes = feed.Subscribe(change =>
            {
                if (change is InboxEvent.LineChanged)
                {
                    _ = InvokeAsync(RefreshAsync);
                }
            });
        }
    }

    private async Task RefreshAsync()
    {
        await ReloadAsync();
        StateHasChanged();
    }

    private LineRow[] On(AddOn addOn) => [.. Lines!.Where(line => line.AddOn == addOn)];

    private async Task ResumeAsync(LineRow line)
    {
        var by = (await session.GetAuthenticationStateAsync()).User.Actor();
        if (await book.ResumeAsync(Id<Line>.Parse(line.Id), by, Cancellation) is LineResult.Saved)
        {
            messages.Add("The line sends again", Severity.Success);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _changes?.Dispose();
        base.Dispose(disposing);
    }
}
