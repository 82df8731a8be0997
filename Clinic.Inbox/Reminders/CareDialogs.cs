using Clinic.Inbox.Clients;
using MudBlazor;

namespace Clinic.Inbox.Reminders;

/// <summary>What the profile asks staff about a patient's care; true when something was written.</summary>
internal static class CareDialogs
{
    private static readonly DialogOptions Options = new()
    {
        MaxWidth = MaxWidth.Small,
        FullWidth = true,
        CloseOnEscapeKey = true,
        BackdropClick = false,
    };

    /// <param name="due">What it is chosen from at first; null: nothing.</param>
    public static async Task<bool> RecordGivenAsync(
        this IDialogService dialogs,
        ClientCard card,
        DueCare? due
    )
    {
        var parameters = new DialogParameters<CareDialog>
        {
            { d => d.Card, card },
            { d => d.Due, due },
            { d => d.Records, true },
        };
        return await AskAsync(dialogs, "Record as given", parameters);
    }

    public static async Task<bool> AddReminderAsync(this IDialogService dialogs, ClientCard card)
    {
        var parameters = new DialogParameters<CareDialog> { { d => d.Card, card } };
        return await AskAsync(dialogs, "Add reminder", parameters);
    }

    private static async Task<bool> AskAsync(
        IDialogService dialogs,
        string title,
        DialogParameters parameters
    )
    {
        var dialog = await dialogs.ShowAsync<CareDialog>(title, parameters, Options);
        return await dialog.Result is { Canceled: false };
    }
}
