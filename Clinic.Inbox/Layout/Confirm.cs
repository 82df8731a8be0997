using MudBlazor;

namespace Clinic.Inbox.Layout;

/// <summary>Asks before an act.</summary>
public static class Confirm
{
    private static readonly DialogOptions Options = new()
    {
        MaxWidth = MaxWidth.ExtraSmall,
        FullWidth = true,
        CloseOnEscapeKey = true,
    };

    /// <summary>True when the person confirmed; closing the dialog any other way is a no.</summary>
    /// <param name="confirmText">Names the act ("Delete conversation").</param>
    /// <param name="destructive">Red, for what can't be undone.</param>
    public static async Task<bool> ConfirmAsync(
        this IDialogService dialogs,
        string title,
        string text,
        string confirmText,
        bool destructive = false
    )
    {
        var parameters = new DialogParameters<ConfirmDialog>
        {
            { dialog => dialog.Title, title },
            { dialog => dialog.Text, text },
            { dialog => dialog.ConfirmText, confirmText },
            { dialog => dialog.Destructive, destructive },
        };
        var dialog = await dialogs.ShowAsync<ConfirmDialog>(title, parameters, Options);
        return await dialog.Result is { Canceled: false };
    }
}
