using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Documents;

/// <summary>
/// What a person does with documents from a page: asks where asking is due, does it, and says so when it could not be done.
/// One per circuit.
/// </summary>
public sealed partial class DocumentActions(
    DocumentDesk desk,
    IDialogService dialogs,
    ISnackbar snackbar,
    AuthenticationStateProvider session,
    ILogger<DocumentActions> log
)
{
    private static readonly DialogOptions Options = new()
    {
        MaxWidth = MaxWidth.Small,
        FullWidth = true,
        CloseOnEscapeKey = true,
        // A click beside a half-filled form must not throw it away.
        BackdropClick = false,
    };

    /// <summary>Asks what to send and sends it; true when it was sent.</summary>
    /// <param name="conversationId">Where it is asked for; null: the client's profile.</param>
    public async Task<bool> SendAsync(Id<Client>? client, Id<Conversation>? conversationId)
    {
        if (client is not { } id)
        {
            snackbar.Add(
                "Assign this conversation to a client first: documents are kept in the client's profile.",
                Severity.Warning
            );
            return false;
        }
        var parameters = new DialogParameters<SendDocumentDialog>
        {
            { d => d.ClientId, id },
            { d => d.ConversationId, conversationId },
        };
        var dialog = await dialogs.ShowAsync<SendDocumentDialog>(
            "Send document",
            parameters,
            Options
        );
        return await dialog.Result is { Canceled: false };
    }

    public async Task SendAgainAsync(SharedDocument document)
    {
        try
        {
            var result = await desk.SendAgainAsync(
                document.Id,
                await ActorAsync(),
                CancellationToken.None
            );
            if (result is DocumentResult.Refused refused)
            {
                snackbar.Add(refused.Reason, Severity.Warning);
            }
            else
            {
                snackbar.Add("A new text with a link is on its way.", Severity.Normal);
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    public Task ExtendAsync(SharedDocument document) =>
        TryAsync(
            actor =>
                desk.ExtendAsync(
                    document.Id,
                    SharedDocument.UsualDays,
                    actor,
                    CancellationToken.None
                ),
            $"The link works for {SharedDocument.UsualDays} more days from now."
        );

    public async Task WithdrawAsync(SharedDocument document)
    {
        if (
            await dialogs.ConfirmAsync(
                "Withdraw this document?",
                $"The link to “{document.Title}” opens nothing any more, at once and for good. What the client has saved stays with the client.",
                "Withdraw",
                destructive: true
            )
        )
        {
            await TryAsync(
                actor => desk.WithdrawAsync(document.Id, actor, CancellationToken.None),
                "Withdrawn: the link opens nothing any more."
            );
        }
    }

    private async Task TryAsync(Func<Actor, Task<DeskResult>> act, string done)
    {
        try
        {
            var result = await act(await ActorAsync());
            if (result == DeskResult.Done)
            {
                snackbar.Add(done, Severity.Normal);
            }
            else
            {
                snackbar.Add("That was settled already.", Severity.Warning);
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private void Fail(Exception failure)
    {
        LogFailed(failure);
        snackbar.Add("That could not be done. Try again.", Severity.Error);
    }

    private async Task<Actor> ActorAsync() =>
        (await session.GetAuthenticationStateAsync()).User.Actor();

    [LoggerMessage(LogLevel.Error, "A document could not be changed from a page")]
    private partial void LogFailed(Exception failure);
}
