using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Operations;

/// <summary>The carrier after an outage: everything at once, half of it twice, nothing in its order. The benchmark <c>replay</c> sends 100,000.</summary>
public sealed class ReplayTests
{
    private const int Phones = 20;
    private const int Texts = 400;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task After_an_outage_each_text_is_there_once_and_every_row_and_screen_is_right(
        DatabaseKind kind
    )
    {
        var folder = Directory.CreateTempSubdirectory("inbox-replay");
        try
        {
            await using var app = await InboxApp.StartAsync(
                settings: await kind.NewAsync(folder.FullName)
            );
            using var desk = await app.UserAsync();
            var told = new ConcurrentQueue<InboxEvent>();
            using var listening = app.Get<Feed>().Subscribe(told.Enqueue);
            var storm = Storm(app.Get<TimeProvider>().GetUtcNow());

            await Parallel.ForEachAsync(
                storm,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = 16,
                    CancellationToken = Cancellation,
                },
                async (text, _) =>
                {
                    using var answer = await app.ReceiveAsync(
                        text.From,
                        text.Text,
                        text.Uuid,
                        at: text.At
                    );
                    Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                    if (text.Number % 100 == 0)
                    {
                        // Somebody works on in the middle of it.
                        using var page = await desk.Http.GetAsync("schedule/inbox", Cancellation);
                        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
                    }
                }
            );

            await using var db = app.Db();
            var messages = await db.Messages.AsNoTracking().ToListAsync(Cancellation);
            Assert.Equal(
                storm.Select(t => t.Uuid).Distinct().Order(StringComparer.Ordinal),
                messages.Select(m => m.CarrierId!).Order(StringComparer.Ordinal)
            );
            var conversations = await db
                .Conversations.AsNoTracking()
                .ToDictionaryAsync(c => c.Number.Value, Cancellation);
            Assert.Equal(Phones, conversations.Count);
            foreach (var texts in storm.DistinctBy(t => t.Uuid).GroupBy(t => t.From))
            {
                var row = conversations["+" + texts.Key];
                var newest = texts.MaxBy(t => t.At)!;
                Assert.Equal(newest.Text, row.Preview);
                Assert.Equal(newest.At, row.LastMessageAt);
                Assert.Equal(texts.Count(), row.Unread);
            }
            await app.UntilToldAsync();
            AssertToldRight(told, conversations.Values);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What the screens heard last is what is true.</summary>
    private static void AssertToldRight(
        IEnumerable<InboxEvent> told,
        IEnumerable<Conversation> conversations
    )
    {
        var events = told.ToList();
        Assert.Equal(Texts, events.OfType<InboxEvent.CountChanged>().Last().Unread);
        var rows = events.OfType<InboxEvent.ConversationChanged>().ToLookup(c => c.Row.Id);
        foreach (var conversation in conversations)
        {
            var last = rows[conversation.Id].Last().Row;
            Assert.Equal(conversation.Unread, last.Unread);
            Assert.Equal(conversation.Preview, last.Preview);
            Assert.Equal(conversation.LastMessageAt, last.LastMessageAt);
        }
    }

    private static Sent[] Storm(DateTimeOffset now)
    {
        var start = Micros.ToInstant(Micros.Of(now.AddHours(-5)));
        var texts = Enumerable
            .Range(0, Texts)
            .SelectMany(i =>
            {
                var text = new Sent(
                    i,
                    Guid.NewGuid().ToString(),
                    (14_155_551_000 + i % Phones).ToString(CultureInfo.InvariantCulture),
                    $"Text {i} of the outage",
                    start.AddSeconds(i)
                );
                return new[] { text, text };
            })
            .ToArray();
        new Random(1).Shuffle(texts);
        return texts;
    }

    private sealed record Sent(
        int Number,
        string Uuid,
        string From,
        string Text,
        DateTimeOffset At
    );
}
