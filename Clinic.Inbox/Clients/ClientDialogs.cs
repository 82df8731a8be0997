using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using MudBlazor;

namespace Clinic.Inbox.Clients;

/// <summary>What pages ask staff about clients. Closing a dialog any other way than by its own button answers nothing.</summary>
public static class ClientDialogs
{
    /// <summary>Lets staff pick a client by typing; null when they picked none.</summary>
    public static async Task<Id<Client>?> PickClientAsync(this IDialogService dialogs, string title)
    {
        var parameters = new DialogParameters<PickClientDialog> { { d => d.Title, title } };
        return await AskAsync<PickClientDialog>(dialogs, title, parameters) as Id<Client>?;
    }

    /// <summary>
    /// Lets staff pick the client a number belongs to, and say whether the profile gets it as a new mobile; null when they
    /// picked none.
    /// </summary>
    public static async Task<(Id<Client> Id, bool AddNumber)?> PickOwnerAsync(
        this IDialogService dialogs,
        PhoneNumber number
    )
    {
        var parameters = new DialogParameters<PickOwnerDialog> { { d => d.Number, number } };
        return await AskAsync<PickOwnerDialog>(dialogs, "Assign to client", parameters)
            as (Id<Client>, bool)?;
    }

    /// <summary>
    /// Takes a new client's contact details and writes them; or, when that person is there already, lets staff use them.
    /// Null when nothing was saved.
    /// </summary>
    /// <param name="number">The client's mobile, when it is known.</param>
    public static async Task<Id<Client>?> AddClientAsync(
        this IDialogService dialogs,
        PhoneNumber? number
    )
    {
        var parameters = new DialogParameters<AddClientDialog> { { d => d.Number, number } };
        return await AskAsync<AddClientDialog>(dialogs, "New client", parameters) as Id<Client>?;
    }

    /// <summary>Takes a consent into the book; true when one was recorded.</summary>
    /// <param name="category">What is chosen at first.</param>
    public static async Task<bool> RecordConsentAsync(
        this IDialogService dialogs,
        Id<Client> clientId,
        ConsentCategory category = ConsentCategory.Transactional
    )
    {
        var parameters = new DialogParameters<RecordConsentDialog>
        {
            { d => d.ClientId, clientId },
            { d => d.Category, category },
        };
        return await AskAsync<RecordConsentDialog>(dialogs, "Record consent", parameters) is true;
    }

    /// <summary>Takes a new patient, or changes or removes a known one; true when something was written.</summary>
    internal static async Task<bool> EditPatientAsync(
        this IDialogService dialogs,
        Id<Client> clientId,
        Patient? patient
    )
    {
        var parameters = new DialogParameters<PatientDialog>
        {
            { d => d.ClientId, clientId },
            { d => d.Known, patient },
        };
        return await AskAsync<PatientDialog>(dialogs, "Patient", parameters) is true;
    }

    private static async Task<object?> AskAsync<TDialog>(
        IDialogService dialogs,
        string title,
        DialogParameters parameters
    )
        where TDialog : Microsoft.AspNetCore.Components.IComponent
    {
        var options = new DialogOptions
        {
            MaxWidth = MaxWidth.Small,
            FullWidth = true,
            CloseOnEscapeKey = true,
            // A click beside a half-filled form must not throw it away.
            BackdropClick = false,
        };
        var dialog = await dialogs.ShowAsync<TDialog>(title, parameters, options);
        return await dialog.Result is { Canceled: false, Data: var data } ? data : null;
    }
}
