using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>
/// The rows of the left pane: loaded a page at a time, then kept true by what the feed brings, without asking the
/// database.
/// </summary>
public sealed class InboxRows
{
    /// <summary>How many rows come at first.</summary>
    public const int PageSize = 50;

    /// <summary>How many come at the end of the list.</summary>
    public const int MoreSize = 200;

    private readonly List<ConversationRow> _rows = [];
    private readonly Dictionary<Id<Conversation>, int> _moves = [];
    private readonly Dictionary<Id<Conversation>, InboxHit> _hits = [];

    public IReadOnlyList<ConversationRow> Rows => _rows;

    /// <summary>
    /// What a screen knows the row by. It changes when the row moves, so that the one row is taken out and put in again: by
    /// its id alone all rows between would be moved in the page, which costs a screen more than all the rest.
    /// </summary>
    public (Id<Conversation> Id, int Move) KeyOf(ConversationRow row) =>
        (row.Id, _moves.GetValueOrDefault(row.Id));

    public InboxFilter Filter { get; private set; } = new();

    /// <summary>The database has more behind the last row.</summary>
    public bool HasMore { get; private set; }

    /// <summary>
    /// The conversation that is open: it stays though the filter would no longer take it, since reading what was listed as
    /// unread must not pull the row away under the pointer.
    /// </summary>
    public Id<Conversation>? Open { get; private set; }

    /// <summary>Where the next page of what was found begins; null: at the top.</summary>
    public SearchCursor? SearchEnd { get; private set; }

    /// <summary>What a conversation was found by; null: nothing is searched.</summary>
    public InboxHit? HitOf(ConversationRow row) => _hits.GetValueOrDefault(row.Id);

    /// <summary>Where the next page begins; null: at the top.</summary>
    public InboxCursor? End => _rows is [.., var last] ? new(last.LastMessageAt, last.Id) : null;

    /// <summary>Another conversation is open, or none: the one before it leaves if it only stayed for that.</summary>
    public void Show(Id<Conversation>? id)
    {
        Open = id;
        if (!Filter.IsSearch)
        {
            _rows.RemoveAll(row => row.Id != id && !Matches(row));
        }
    }

    /// <summary>Begins anew with what was found.</summary>
    public void Start(InboxFilter filter, IReadOnlyList<InboxHit> hits, bool hasMore)
    {
        Start(filter, [.. hits.Select(hit => hit.Row)], hasMore);
        Note(hits);
    }

    public void Append(IReadOnlyList<InboxHit> hits, bool hasMore)
    {
        Append([.. hits.Select(hit => hit.Row)], hasMore);
        Note(hits);
    }

    /// <summary>Begins anew with the first page, or with all pages that were shown before a reload.</summary>
    public void Start(InboxFilter filter, IReadOnlyList<ConversationRow> rows, bool hasMore)
    {
        Filter = filter;
        HasMore = hasMore;
        SearchEnd = null;
        _moves.Clear();
        _hits.Clear();
        _rows.Clear();
        _rows.AddRange(rows);
    }

    public void Append(IReadOnlyList<ConversationRow> rows, bool hasMore)
    {
        HasMore = hasMore;
        var known = _rows.Select(row => row.Id).ToHashSet();
        _rows.AddRange(rows.Where(row => known.Add(row.Id)));
    }

    /// <summary>
    /// A conversation is new or changed: it moves to its place, or leaves. What was found stays where it was found: a search says
    /// what there was when it was made.
    /// </summary>
    public void Take(ConversationRow row)
    {
        var at = _rows.FindIndex(known => known.Id == row.Id);
        if (Filter.IsSearch)
        {
            if (at >= 0)
            {
                _rows[at] = row;
            }
            return;
        }
        var wanted = Matches(row) || (at >= 0 && row.Id == Open && row.State == Filter.State);
        if (at >= 0)
        {
            _rows.RemoveAt(at);
        }
        if (!wanted)
        {
            return;
        }
        var place = _rows.FindIndex(other => IsBefore(row, other));
        if (at >= 0 && at != (place < 0 ? _rows.Count : place))
        {
            _moves[row.Id] = _moves.GetValueOrDefault(row.Id) + 1;
        }
        if (place >= 0)
        {
            _rows.Insert(place, row);
        }
        else if (!HasMore || at >= 0)
        {
            _rows.Add(row);
        }
    }

    public void Remove(Id<Conversation> id) => _rows.RemoveAll(row => row.Id == id);

    /// <summary>As <see cref="InboxQueries"/> filters in the database.</summary>
    private bool Matches(ConversationRow row) =>
        (Filter.State is null || row.State == Filter.State)
        && (Filter.LineId is null || row.LineId == Filter.LineId)
        && (Filter.ClientId is null || row.ClientId == Filter.ClientId)
        && (!Filter.UnreadOnly || row.Unread > 0)
        && (!Filter.UnassignedOnly || row.ClientId is null);

    private void Note(IReadOnlyList<InboxHit> hits)
    {
        foreach (var hit in hits)
        {
            _hits.TryAdd(hit.Row.Id, hit);
            SearchEnd = hit.Cursor;
        }
    }

    private static bool IsBefore(ConversationRow row, ConversationRow other) =>
        row.LastMessageAt != other.LastMessageAt
            ? row.LastMessageAt > other.LastMessageAt
            : row.Id.Value.CompareTo(other.Id.Value) > 0;
}
