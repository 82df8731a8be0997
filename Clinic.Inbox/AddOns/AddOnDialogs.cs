using MudBlazor;

namespace Clinic.Inbox.AddOns;

/// <summary>The dialogs of the add-ons page.</summary>
internal static class AddOnDialogs
{
    private static readonly DialogOptions Options = new()
    {
        MaxWidth = MaxWidth.Small,
        FullWidth = true,
        CloseOnEscapeKey = true,
        // A stray click must not lose a number that was just found.
        BackdropClick = false,
    };

    /// <summary>What to tell when it is on, or under way; null: nothing was done.</summary>
    public static async Task<string?> EnableAddOnAsync(
        this IDialogService dialogs,
        AddOnOffer offer,
        IReadOnlyList<LineRow> spare,
        string? missing
    )
    {
        var parameters = new DialogParameters<EnableAddOnDialog>
        {
            { dialog => dialog.Offer, offer },
            { dialog => dialog.Spare, spare },
            { dialog => dialog.Missing, missing },
        };
        var dialog = await dialogs.ShowAsync<EnableAddOnDialog>(offer.Name, parameters, Options);
        return await dialog.Result is { Canceled: false, Data: string said } ? said : null;
    }

    /// <summary>Says what a change means; true when the person wants it.</summary>
    public static async Task<bool> ChangeAddOnAsync(
        this IDialogService dialogs,
        string title,
        IReadOnlyList<string> means,
        string confirmText,
        bool destructive
    )
    {
        var parameters = new DialogParameters<ChangeAddOnDialog>
        {
            { dialog => dialog.Title, title },
            { dialog => dialog.Means, means },
            { dialog => dialog.ConfirmText, confirmText },
            { dialog => dialog.Destructive, destructive },
        };
        var dialog = await dialogs.ShowAsync<ChangeAddOnDialog>(title, parameters, Options);
        return await dialog.Result is { Canceled: false };
    }
}
