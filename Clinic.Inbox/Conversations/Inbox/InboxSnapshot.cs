using Microsoft.Extensions.Caching.Memory;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>What the prerendered page showed, handed to the live one, so that nothing flickers in between.</summary>
internal sealed record InboxSnapshot(
    IReadOnlyList<ConversationRow> Rows,
    bool HasMore,
    IReadOnlyList<LineChoice> Lines,
    OpenedConversation? Opened,
    bool SideFolded
);

/// <summary>
/// Keeps snapshots for the moment between a page and its circuit. Only the key travels through the browser: the texts of
/// fifty conversations would not fit into the message that starts a circuit. Where the circuit starts on another node or
/// too late, the page simply reads anew.
/// </summary>
public sealed class SnapshotShelf : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly MemoryCache _shelf = new(new MemoryCacheOptions { SizeLimit = 500 });

    /// <summary>Its key: unguessable, good for one taking.</summary>
    internal string Put(InboxSnapshot snapshot)
    {
        var key = Guid.NewGuid().ToString("N");
        _shelf.Set(
            key,
            snapshot,
            new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Kept }
        );
        return key;
    }

    /// <summary>Null: it is gone.</summary>
    internal InboxSnapshot? Take(string key)
    {
        var snapshot = _shelf.Get<InboxSnapshot>(key);
        _shelf.Remove(key);
        return snapshot;
    }

    public void Dispose() => _shelf.Dispose();
}
