using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Settings;

/// <summary>What could not be understood, for an administrator to look at and be done with.</summary>
public sealed partial class QuarantinePage(
    QuarantineBook book,
    IDialogService dialogs,
    ISnackbar messages,
    AuthenticationStateProvider session,
    ILogger<QuarantinePage> log
) : LoadedPage(log)
{
    private const int Most = 100;

    [PersistentState]
    public QuarantineRow[]? Rows { get; set; }

    [PersistentState]
    public int Total { get; set; }

    protected override async Task LoadAsync()
    {
        if (Rows is null)
        {
            await ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        var (rows, total) = await book.ListAsync(Most, Cancellation);
        (Rows, Total) = ([.. rows], total);
    }

    private async Task RemoveAsync(QuarantineRow row)
    {
        var sure = await dialogs.ConfirmAsync(
            "Remove it for good?",
            "What the carrier sent is deleted. The audit log keeps that you removed it.",
            "Remove",
            destructive: true
        );
        if (!sure)
        {
            return;
        }
        var by = (await session.GetAuthenticationStateAsync()).User.Actor();
        await book.RemoveAsync(Id<QuarantineEntry>.Parse(row.Id), by, Cancellation);
        messages.Add("Removed", Severity.Success);
        await ReadAsync();
    }
}
