using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>
/// What a person does to a conversation from the page: asks where asking is due, does it, and says so when it could not
/// be done. One per circuit.
/// </summary>
public sealed partial class DeskActions(
    ConversationDesk desk,
    DeletingConversations deleting,
    IDialogService dialogs,
    ISnackbar snackbar,
    AuthenticationStateProvider session,
    IAuthorizationService authorization,
    ReadLog reads,
    ILogger<DeskActions> log
)
{
    /// <summary>Who may delete; others see why they can't.</summary>
    public const string DeletingNeedsManager =
        "Only a practice manager can delete a conversation. You can close it instead.";

    /// <summary>Said to whoever had it open; once where it was they who deleted it.</summary>
    public const string Deleted = "Conversation deleted.";

    // A browser that lost its connection asks again about the last few texts, never about old ones.
    private const int MostRemembered = 200;

    private readonly Dictionary<string, Task<string?>> _sent = new(StringComparer.Ordinal);

    public void Say(string text) => snackbar.Add(text, Severity.Normal);

    public async Task<bool> MayDeleteAsync()
    {
        var user = (await session.GetAuthenticationStateAsync()).User;
        return (await authorization.AuthorizeAsync(user, Policies.Manage)).Succeeded;
    }

    /// <summary>Who reads a conversation is written down before it is shown.</summary>
    public async Task NoteReadAsync(Id<Conversation> id, CancellationToken cancellation) =>
        await reads.NoteAsync(
            (await session.GetAuthenticationStateAsync()).User.Actor(),
            "conversation.read",
            id.ToString(),
            cancellation
        );

    public Task<bool> AssignAsync(ConversationRow row) =>
        TryAsync(async actor =>
        {
            if (await dialogs.PickOwnerAsync(row.Number) is not var (client, addNumber))
            {
                return null;
            }
            return await desk.AssignAsync(row.Id, client, addNumber, actor, CancellationToken.None);
        });

    /// <summary>A new client who has the number; the conversation becomes theirs.</summary>
    public Task<bool> AddClientAsync(ConversationRow row) =>
        TryAsync(async actor =>
        {
            if (await dialogs.AddClientAsync(row.Number) is not { } client)
            {
                return null;
            }
            return await desk.AssignAsync(
                row.Id,
                client,
                addNumber: false,
                actor,
                CancellationToken.None
            );
        });

    public Task<bool> CloseAsync(ConversationRow row) =>
        TryAsync(
            async actor => await desk.CloseAsync(row.Id, actor, CancellationToken.None),
            done: row.ClientId is null
                ? "Conversation closed."
                : "Conversation closed. It is kept in the client's Communications."
        );

    public Task<bool> MarkUnreadAsync(ConversationRow row) =>
        TryAsync(async _ => await desk.MarkUnreadAsync(row.Id, CancellationToken.None));

    public Task<bool> MarkReadAsync(Id<Conversation> id) =>
        TryAsync(async _ => await desk.MarkReadAsync(id, CancellationToken.None));

    public Task<bool> DeleteAsync(ConversationRow row, string name) =>
        TryAsync(
            async actor =>
            {
                if (!await MayDeleteAsync())
                {
                    snackbar.Add(DeletingNeedsManager, Severity.Warning);
                    return null;
                }
                var confirmed = await dialogs.ConfirmAsync(
                    "Delete this conversation?",
                    $"All texts and files of this conversation with {name} are deleted for good and can't be brought back. "
                        + "They will not be in the client's Communications either. Many states require clinics to keep "
                        + "medical records, and texts about a patient can be part of them: to keep it, close it instead.",
                    "Delete conversation",
                    destructive: true
                );
                return confirmed
                    ? await deleting.DeleteAsync(row.Id, actor, CancellationToken.None)
                    : null;
            },
            done: Deleted
        );

    public Task<bool> DecideOptOutAsync(Id<Conversation> id, bool optOut) =>
        TryAsync(async actor =>
            await desk.DecideOptOutAsync(id, optOut, actor, CancellationToken.None)
        );

    public Task<bool> RetryAsync(Id<Message> id) =>
        TryAsync(async actor => await desk.RetryAsync(id, actor, CancellationToken.None));

    public Task<bool> AssumeSentAsync(Id<Message> id) =>
        TryAsync(async actor => await desk.AssumeSentAsync(id, actor, CancellationToken.None));

    /// <summary>
    /// Queues a text, once for each <paramref name="key"/>; the reason in plain words when it was refused, null when it was
    /// taken.
    /// </summary>
    public Task<string?> SendOnceAsync(
        string key,
        Id<Conversation> id,
        string text,
        IReadOnlyList<StoredFile> files
    )
    {
        if (_sent.TryGetValue(key, out var before))
        {
            return before;
        }
        if (_sent.Count >= MostRemembered)
        {
            _sent.Clear();
        }
        return _sent[key] = SendAsync(id, text, files);
    }

    private async Task<string?> SendAsync(
        Id<Conversation> id,
        string text,
        IReadOnlyList<StoredFile> files
    )
    {
        try
        {
            var result = await desk.SendAsync(
                id,
                text,
                files,
                await ActorAsync(),
                CancellationToken.None
            );
            return result switch
            {
                EnqueueResult.Queued => null,
                EnqueueResult.Refused refused => refused.Reason,
                _ => "The conversation was closed in the meantime. Your text was not sent.",
            };
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            return "The text could not be handed over. Nothing was sent; try again.";
        }
    }

    /// <summary>The open conversation with a number, new or not; null when it could not be made.</summary>
    public async Task<ConversationRow?> StartAsync(
        Id<AddOns.Line> lineId,
        PhoneNumber number,
        Id<Client>? clientId
    )
    {
        ConversationRow? started = null;
        await TryAsync(async _ =>
        {
            (started, var created) = await desk.StartAsync(
                lineId,
                number,
                clientId,
                CancellationToken.None
            );
            return DeskResult.Done;
        });
        return started;
    }

    /// <param name="act">Null: the person thought better of it.</param>
    /// <param name="done">What is said when it was done, where the page itself does not show it.</param>
    private async Task<bool> TryAsync(Func<Actor, Task<DeskResult?>> act, string? done = null)
    {
        try
        {
            var result = await act(await ActorAsync());
            var problem = result switch
            {
                DeskResult.NotFound => "It is not there any more.",
                DeskResult.Closed => "The conversation is closed already.",
                DeskResult.NotNow => "That was settled already.",
                _ => null,
            };
            if (problem is not null)
            {
                snackbar.Add(problem, Severity.Warning);
            }
            else if (result is not null && done is not null)
            {
                snackbar.Add(done, Severity.Normal);
            }
            return result is DeskResult.Done;
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            snackbar.Add("That could not be done. Try again.", Severity.Error);
            return false;
        }
    }

    private async Task<Actor> ActorAsync() =>
        (await session.GetAuthenticationStateAsync()).User.Actor();

    [LoggerMessage(LogLevel.Error, "A conversation could not be changed from the page")]
    private partial void LogFailed(Exception failure);
}
