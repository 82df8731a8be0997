using Clinic.Inbox.Data;
using MudBlazor;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>The dialogs of the inbox.</summary>
internal static class InboxDialogs
{
    private static readonly DialogOptions Small = new()
    {
        MaxWidth = MaxWidth.ExtraSmall,
        FullWidth = true,
        CloseOnEscapeKey = true,
    };

    private static readonly DialogOptions Whole = new()
    {
        FullScreen = true,
        CloseOnEscapeKey = true,
        NoHeader = true,
    };

    /// <summary>Whom to text; null when nobody was chosen.</summary>
    public static async Task<Recipient?> PickRecipientAsync(this IDialogService dialogs)
    {
        var dialog = await dialogs.ShowAsync<NewConversationDialog>("New conversation", Small);
        return await dialog.Result is { Canceled: false, Data: Recipient chosen } ? chosen : null;
    }

    public static Task ShowKeysAsync(this IDialogService dialogs) =>
        dialogs.ShowAsync<KeysDialog>("Keys", Small);

    /// <summary>The photos of a thread, beginning with one of them.</summary>
    public static Task ShowPhotosAsync(
        this IDialogService dialogs,
        IReadOnlyList<AttachmentView> files,
        AttachmentView first
    )
    {
        var photos = files
            .Where(file => file is { IsImage: true, State: AttachmentState.Stored })
            .DistinctBy(file => file.Id)
            .ToList();
        var parameters = new DialogParameters<PhotoDialog>
        {
            { dialog => dialog.Photos, photos },
            { dialog => dialog.First, photos.FindIndex(photo => photo.Id == first.Id) },
        };
        return dialogs.ShowAsync<PhotoDialog>(first.Name, parameters, Whole);
    }

    public static Task ShowPdfAsync(this IDialogService dialogs, AttachmentView file)
    {
        var parameters = new DialogParameters<PdfDialog> { { dialog => dialog.File, file } };
        return dialogs.ShowAsync<PdfDialog>(file.Name, parameters, Whole);
    }
}

/// <summary>Whom a new conversation is with.</summary>
/// <param name="ClientId">Null: a number that was typed.</param>
internal sealed record Recipient(PhoneNumber Number, Id<Clients.Client>? ClientId);
