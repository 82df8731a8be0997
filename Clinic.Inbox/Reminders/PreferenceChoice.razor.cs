using Clinic.Inbox.Clients;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Reminders;

/// <summary>How a client wants to be reminded; kept as soon as it is chosen.</summary>
public sealed partial class PreferenceChoice(
    ClientBook book,
    ISnackbar snackbar,
    ILogger<PreferenceChoice> log
)
{
    private bool _saving;

    [Parameter, EditorRequired]
    public Client Client { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    /// <summary>The page is told by the feed, and shows the client anew.</summary>
    private async Task ChooseAsync(ReminderPreference preference)
    {
        _saving = true;
        try
        {
            var draft = new ClientDraft { ReminderPreference = preference };
            var actor = (await SignedIn).User.Actor();
            await book.UpdateAsync(Client.Id, draft, actor, CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogNotSaved(failure);
            snackbar.Add("The preference could not be saved. Try again.", Severity.Error);
        }
        finally
        {
            _saving = false;
        }
    }

    [LoggerMessage(LogLevel.Error, "A reminder preference could not be saved")]
    private partial void LogNotSaved(Exception failure);
}
