using Clinic.Inbox.Data;
using Clinic.Inbox.Live;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>
/// What one person's inbox shows: the rows, the opened conversation, and how both follow the feed. Everything here runs
/// in the circuit's own context.
/// </summary>
internal sealed class InboxBoard(InboxQueries inbox, InboxSearch search, ThreadQueries threads)
{
    // What happened while something was being read: the answer may be older than it, so it is applied once more.
    private readonly List<InboxEvent> _meanwhile = [];
    private int _reading;
    private int _rowsAsked;
    private int _threadsAsked;
    private int _threadsAnswered;

    public InboxRows Rows { get; } = new();

    /// <summary>Null: none is open, or it is still being read.</summary>
    public InboxThread? Thread { get; private set; }

    public IReadOnlyList<LineChoice> Lines { get; private set; } = [];

    public InboxSnapshot Snapshot(bool sideFolded) =>
        new(
            [.. Rows.Rows.Take(InboxRows.PageSize)],
            Rows.HasMore || Rows.Rows.Count > InboxRows.PageSize,
            Lines,
            Thread?.Opened,
            sideFolded
        );

    public void Restore(InboxSnapshot snapshot)
    {
        Lines = snapshot.Lines;
        Rows.Start(Rows.Filter, snapshot.Rows, snapshot.HasMore);
        Thread = snapshot.Opened is null ? null : new InboxThread(snapshot.Opened);
        Rows.Show(Thread?.Id);
    }

    public async Task LoadLinesAsync(CancellationToken cancellation) =>
        Lines = [.. (await inbox.LinesAsync(cancellation)).Select(LineChoice.Of)];

    /// <summary>The first rows under <paramref name="filter"/>. Of several calls the last one counts.</summary>
    public Task LoadRowsAsync(InboxFilter filter, CancellationToken cancellation) =>
        LoadRowsAsync(filter, InboxRows.PageSize, cancellation);

    private Task LoadRowsAsync(InboxFilter filter, int count, CancellationToken cancellation)
    {
        _rowsAsked++;
        return filter.IsSearch
            ? ReadPageAsync(
                count,
                most => search.FindAsync(Searched(filter), after: null, most, cancellation),
                (hits, hasMore) => Rows.Start(filter, hits, hasMore)
            )
            : ReadPageAsync(
                count,
                most => inbox.ListAsync(filter, after: null, most, cancellation),
                (rows, hasMore) => Rows.Start(filter, rows, hasMore)
            );
    }

    public Task LoadMoreRowsAsync(CancellationToken cancellation) =>
        Rows.Filter.IsSearch
            ? ReadPageAsync(
                InboxRows.MoreSize,
                most => search.FindAsync(Searched(Rows.Filter), Rows.SearchEnd, most, cancellation),
                Rows.Append
            )
            : ReadPageAsync(
                InboxRows.MoreSize,
                most => inbox.ListAsync(Rows.Filter, Rows.End, most, cancellation),
                Rows.Append
            );

    /// <summary>Reads one more than is shown, so that it is known whether there are more. Too late is shown no more.</summary>
    private Task ReadPageAsync<T>(
        int count,
        Func<int, Task<IReadOnlyList<T>>> read,
        Action<IReadOnlyList<T>, bool> show
    )
    {
        var asked = _rowsAsked;
        return ReadAsync(
            () => read(count + 1),
            all =>
            {
                if (asked == _rowsAsked)
                {
                    show([.. all.Take(count)], all.Count > count);
                }
            }
        );
    }

    /// <summary>A search finds closed conversations, too.</summary>
    private static InboxFilter Searched(InboxFilter filter) => filter with { State = null };

    /// <summary>Opens a conversation; false when it is not there. Of several calls the last one counts.</summary>
    /// <param name="noted">Completes when it is written down who looks: nothing is shown before.</param>
    public async Task<bool> OpenAsync(
        Id<Conversation> id,
        Task noted,
        CancellationToken cancellation
    )
    {
        var asked = ++_threadsAsked;
        var found = true;
        await ReadAsync(
            async () =>
            {
                var opened = await threads.OpenAsync(id, cancellation);
                await noted;
                return opened;
            },
            opened =>
            {
                if (asked == _threadsAsked)
                {
                    _threadsAnswered = asked;
                    Thread = opened is null ? null : new InboxThread(opened);
                    found = opened is not null;
                }
            }
        );
        return found;
    }

    /// <summary>
    /// The one that is being opened takes long: the one before it is shown no more. Does nothing when it has come in the
    /// meantime, or when another was asked for and is there.
    /// </summary>
    public void HideThread()
    {
        if (_threadsAnswered != _threadsAsked)
        {
            Thread = null;
        }
    }

    public void CloseThread()
    {
        _threadsAnswered = ++_threadsAsked;
        Thread = null;
    }

    public async Task LoadOlderAsync(CancellationToken cancellation)
    {
        if (Thread is not { HasOlder: true, Messages: [var first, ..] } thread)
        {
            return;
        }
        await ReadAsync(
            () => threads.PageAsync(thread.Id, first, cancellation),
            page => thread.Prepend(page.Messages, page.HasOlder)
        );
    }

    /// <summary>Loads as far back as a text that was found; what lies too far back is left to scrolling.</summary>
    public async Task LoadBackToAsync(Id<Message> text, CancellationToken cancellation)
    {
        if (
            Thread is not { HasOlder: true, Messages: [var first, ..] } thread
            || thread.Messages.Any(message => message.Id == text)
        )
        {
            return;
        }
        await ReadAsync(
            () => threads.BackToAsync(thread.Id, text, first, cancellation),
            page =>
            {
                if (page is var (messages, hasOlder))
                {
                    thread.Prepend(messages, hasOlder);
                }
            }
        );
    }

    /// <summary>A closed conversation that is unfolded above the thread.</summary>
    public Task<IReadOnlyList<MessageView>> LoadEarlierAsync(
        Id<Conversation> id,
        CancellationToken cancellation
    ) => inbox.ThreadAsync(id, before: null, limit: 500, cancellation);

    /// <summary>Reads all that is shown once more: after the page came alive, and after a lost connection.</summary>
    public async Task CatchUpAsync(CancellationToken cancellation)
    {
        await LoadLinesAsync(cancellation);
        await LoadRowsAsync(
            Rows.Filter,
            Math.Max(Rows.Rows.Count, InboxRows.PageSize),
            cancellation
        );
        if (Thread is { } thread)
        {
            var asked = _threadsAsked;
            await ReadAsync(
                () => threads.OpenAsync(thread.Id, cancellation),
                opened =>
                {
                    if (asked == _threadsAsked && opened is not null)
                    {
                        Thread = thread.CaughtUp(opened);
                    }
                }
            );
        }
    }

    /// <summary>Whether a text may leave, asked again.</summary>
    public async Task AskComposerAsync(CancellationToken cancellation)
    {
        if (Thread is { } thread)
        {
            thread.Composer = await inbox.ComposerAsync(thread.Id, cancellation) ?? thread.Composer;
        }
    }

    /// <summary>Whose number it is and which patients they have, asked again.</summary>
    public async Task AskPeopleAsync(CancellationToken cancellation)
    {
        if (Thread is { } thread)
        {
            thread.People = await threads.PeopleAsync(thread.Row, cancellation);
        }
    }

    /// <summary>Takes in what happened, in order, without asking the database.</summary>
    public BoardChange Take(IReadOnlyList<InboxEvent> changes)
    {
        if (_reading > 0)
        {
            _meanwhile.AddRange(changes);
        }
        var sum = new BoardChange();
        foreach (var change in changes)
        {
            Take(change, sum);
        }
        return sum;
    }

    private void Take(InboxEvent change, BoardChange sum)
    {
        switch (change)
        {
            case InboxEvent.ConversationChanged(var row, _):
                Rows.Take(row);
                sum.Draws = true;
                if (row.Id == Thread?.Id)
                {
                    sum.AsksPeople |= row.ClientId != Thread.Row.ClientId;
                    sum.AsksComposer |= row.ClientId != Thread.Row.ClientId;
                    Thread.Take(row);
                }
                break;
            case InboxEvent.ConversationDeleted(var id):
                Rows.Remove(id);
                sum.Draws = true;
                sum.ThreadDeleted |= id == Thread?.Id;
                break;
            case InboxEvent.MessageChanged(var id, var message) when id == Thread?.Id:
                sum.Draws = true;
                sum.AsksComposer |= Thread.ComposerDependsOnMessages;
                if (Thread.Take(message) && message.Direction == MessageDirection.Inbound)
                {
                    sum.Arrived = message;
                }
                break;
            case InboxEvent.ClientChanged(var client, var number)
                when Thread is not null
                    && (client == Thread.Row.ClientId || number == Thread.Row.Number):
                sum.AsksComposer = true;
                sum.AsksPeople = true;
                break;
            case InboxEvent.LineChanged:
                sum.AsksLines = true;
                sum.AsksComposer = true;
                break;
            case InboxEvent.CatchUp:
                sum.AsksAll = true;
                break;
        }
    }

    private async Task ReadAsync<T>(Func<Task<T>> read, Action<T> take)
    {
        _reading++;
        try
        {
            take(await read());
            foreach (var change in _meanwhile)
            {
                Take(change, new BoardChange());
            }
        }
        finally
        {
            if (--_reading == 0)
            {
                _meanwhile.Clear();
            }
        }
    }
}

/// <summary>What a page must do after <see cref="InboxBoard.Take(IReadOnlyList{InboxEvent})"/>.</summary>
internal sealed class BoardChange
{
    public bool Draws { get; set; }
    public bool AsksComposer { get; set; }
    public bool AsksPeople { get; set; }
    public bool AsksLines { get; set; }

    /// <summary>Something may have been missed.</summary>
    public bool AsksAll { get; set; }

    /// <summary>The open conversation was deleted.</summary>
    public bool ThreadDeleted { get; set; }

    /// <summary>The newest text that came into the open conversation; null: none did.</summary>
    public MessageView? Arrived { get; set; }
}
