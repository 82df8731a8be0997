using Clinic.Inbox.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace Clinic.Inbox.Live;

/// <summary>
/// What host applications listen to: <c>conversationChanged</c> and <c>inboxCount</c>, from the server only. A client can
/// call nothing.
/// </summary>
[Authorize(Policy = ApiPolicies.DeskOrApiRead)]
internal sealed class InboxHub(InboxBroadcaster broadcaster) : Hub
{
    public override Task OnConnectedAsync()
    {
        broadcaster.Join(Context);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception) =>
        broadcaster.LeaveAsync(Context.ConnectionId);
}

/// <summary>The hub's <c>conversationChanged</c>.</summary>
/// <param name="State"><c>open</c>, <c>closed</c> or <c>deleted</c>.</param>
/// <param name="Flash">A client's text came in: the red light flashes until it is read.</param>
internal sealed record ConversationSignal(
    string Id,
    int Unread,
    DateTimeOffset LastMessageAt,
    string Preview,
    string State,
    bool Flash
)
{
    /// <summary>The newer of two, which must not lose the light of the older.</summary>
    public ConversationSignal After(ConversationSignal older) =>
        this with
        {
            Flash = (Flash || older.Flash) && Unread > 0,
        };
}

/// <summary>The hub's <c>inboxCount</c>.</summary>
/// <param name="Unread">Texts in all open conversations that nobody has read.</param>
internal sealed record InboxCount(int Unread);
