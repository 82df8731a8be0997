using System.Net;
using System.Text;
using System.Text.Json;
using Clinic.Inbox.Api;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Search;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Conversations;

/// <summary>Gone for good: searched for in the bytes of every file that the app keeps.</summary>
public sealed class DeletingBytesTests
{
    private const string Phone = "14155550134";
    private static readonly Actor Manager = new("u1", "Sam");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_a_deleted_conversation_is_left_in_any_file()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var photo = (byte[])[.. SampleFiles.Jpeg(), .. "PHOTO-MARK-7F3A"u8];
        var url = app.Media.Serve(photo);
        // Among the texts of others, so that their pages are shared, split and moved.
        for (var i = 0; i < 60; i++)
        {
            await TextAsync(app, Phone, $"TEXT-MARK-7F3A number {i} " + new string('z', i * 7));
            for (var other = 0; other < 4; other++)
            {
                await TextAsync(
                    app,
                    "1415555" + (2000 + (i % 10) * 10 + other),
                    $"Somebody else's {i}.{other} " + new string('o', other * 40)
                );
            }
        }
        await MmsAsync(app, url, name: "NAME-MARK-7F3A.jpg", caption: "CAPTION-MARK-7F3A");
        var message = await Eventually.GetAsync(
            async () =>
            {
                await using var db = app.Inbox.Db();
                return await db
                    .Messages.Include(m => m.Attachments)
                    .SingleOrDefaultAsync(
                        m => m.Attachments.Any(a => a.State == AttachmentState.Stored),
                        Cancellation
                    );
            },
            "the photo is stored"
        );
        await LeaveTracesAsync(app, message);
        await app
            .Inbox.Get<ConversationDesk>()
            .SendAsync(message.ConversationId!.Value, "REPLY-MARK-7F3A", [], Manager, Cancellation);
        Assert.NotEmpty(Find(app, "MARK-7F3A"));
        using var reader = await app.ProgramAsync();
        var path = $"attachments/{message.Attachments.Single().Id}";
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync(path, Cancellation)).StatusCode);

        var deleted = await app
            .Inbox.Get<DeletingConversations>()
            .DeleteAsync(message.ConversationId.Value, Manager, Cancellation);

        Assert.Equal(DeskResult.Done, deleted);
        Assert.Empty(Find(app, "MARK-7F3A"));
        Assert.Empty(app.FilesOnDisk());
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await reader.GetAsync(path, Cancellation)).StatusCode
        );
        await using var after = app.Inbox.Db();
        Assert.Equal(240, await after.Messages.CountAsync(Cancellation));
        PhoneNumber.TryFromCarrier(Phone, out var number);
        Assert.True(
            await after.NumberStandings.AnyAsync(n => n.Number == number, Cancellation),
            "The standing stays."
        );
        Assert.Equal(1, await after.Quarantine.CountAsync(Cancellation));
        var noted = await after.Audit.SingleAsync(
            a => a.Action == "conversation.deleted",
            Cancellation
        );
        Assert.Equal(("Sam", "62 messages, 1 files"), (noted.ActorName, noted.Detail));
        Assert.Equal(
            DeskResult.NotFound,
            await app
                .Inbox.Get<DeletingConversations>()
                .DeleteAsync(message.ConversationId.Value, Manager, Cancellation)
        );
    }

    [Fact]
    public async Task The_words_of_a_deleted_conversation_are_not_left_in_the_index()
    {
        await using var app = await AttachmentsApp.StartAsync();
        // Enough words of others, before and after, that the index has many pages, and they are split and merged.
        for (var i = 0; i < 150; i++)
        {
            await TextAsync(app, Phone, $"qx{i}zmark{i}");
            for (var other = 0; other < 3; other++)
            {
                await TextAsync(
                    app,
                    "1415555" + (2000 + (i % 10) * 10 + other),
                    string.Join(' ', Enumerable.Range(0, 20).Select(n => $"q{other}{n}y{i}n{n}"))
                );
            }
            if (i % 30 == 0)
            {
                // Indexed in several pieces, as in a day.
                await UntilIndexedAsync(app);
            }
        }
        await UntilIndexedAsync(app);
        Assert.NotEmpty(Find(app, "zmark"));
        PhoneNumber.TryFromCarrier(Phone, out var number);
        Id<Conversation> id;
        await using (var db = app.Inbox.Db())
        {
            id = (await db.Conversations.SingleAsync(c => c.Number == number, Cancellation)).Id;
        }

        Assert.Equal(
            DeskResult.Done,
            await app.Inbox.Get<DeletingConversations>().DeleteAsync(id, Manager, Cancellation)
        );

        Assert.Empty(Find(app, "zmark"));
        Assert.NotEmpty(Find(app, "y149n19"));
    }

    private static Task UntilIndexedAsync(AttachmentsApp app) =>
        Eventually.IsTrueAsync(
            async () => await app.Inbox.Get<SearchIndex>().WaitingAsync(1, Cancellation) == 0,
            "everything is indexed"
        );

    [Fact]
    public async Task Readers_do_not_keep_a_deleted_text_alive_in_the_log()
    {
        await using var app = await AttachmentsApp.StartAsync();
        await TextAsync(app, Phone, "TEXT-MARK-7F3A");
        await using var reading = app.Inbox.Db();
        await reading.Database.OpenConnectionAsync(Cancellation);
        // Deferred: it holds what it has read, and hinders nobody from writing.
        await using var transaction = (
            (SqliteConnection)reading.Database.GetDbConnection()
        ).BeginTransaction(deferred: true);
        await reading.Database.UseTransactionAsync(transaction, Cancellation);
        var conversation = await reading.Conversations.SingleAsync(Cancellation);

        var deleting = Task.Run(
            () =>
                app
                    .Inbox.Get<DeletingConversations>()
                    .DeleteAsync(conversation.Id, Manager, Cancellation),
            Cancellation
        );
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = app.Inbox.Db();
                return !await db.Messages.AnyAsync(Cancellation);
            },
            "the rows are gone"
        );
        // It still reads what it began with, and so the bytes are there.
        Assert.True(await reading.Messages.AnyAsync(Cancellation));
        Assert.NotEmpty(Find(app, "TEXT-MARK-7F3A"));
        await transaction.RollbackAsync(Cancellation);
        await reading.DisposeAsync();

        Assert.Equal(DeskResult.Done, await deleting);
        Assert.Empty(Find(app, "TEXT-MARK-7F3A"));
    }

    [Fact]
    public async Task An_answer_that_was_kept_while_it_was_deleted_goes_too()
    {
        await using var app = await AttachmentsApp.StartAsync();
        await TextAsync(app, Phone, "Hello");
        Id<Conversation> id;
        await using (var db = app.Inbox.Db())
        {
            id = (await db.Conversations.SingleAsync(Cancellation)).Id;
        }
        var writer = app.Inbox.Get<InboxWriter>();
        var holding = new TaskCompletionSource();
        var answered = new TaskCompletionSource();
        var answering = writer.RunAsync(
            async session =>
            {
                holding.TrySetResult();
                await answered.Task;
                session.Db.IdempotentAnswers.Add(
                    new IdempotentAnswer("key", "hash", session.Now)
                    {
                        Status = 200,
                        Body = $$"""{"id":"{{id}}","preview":"ANSWER-MARK-7F3A"}""",
                    }
                );
                await session.Db.SaveChangesAsync();
            },
            Cancellation
        );
        await holding.Task;

        var deleting = Task.Run(
            () => app.Inbox.Get<DeletingConversations>().DeleteAsync(id, Manager, Cancellation),
            Cancellation
        );
        // It has looked for what mentions the conversation, and waits for the pen.
        await Eventually.IsTrueAsync(
            () => Task.FromResult(writer.Waiting > 0),
            "the deletion waits"
        );
        answered.SetResult();
        await answering;

        Assert.Equal(DeskResult.Done, await deleting);
        Assert.Empty(Find(app, "ANSWER-MARK-7F3A"));
    }

    /// <summary>Where a text of the conversation may also stand.</summary>
    private static async Task LeaveTracesAsync(AttachmentsApp app, Message message)
    {
        var now = app.Inbox.Clock.GetUtcNow();
        await using var db = app.Inbox.Db();
        db.ParkedReceipts.Add(
            new ParkedReceipt(
                Id<ParkedReceipt>.New(now),
                "another-uuid",
                $$"""{"client_ref":"{{message.Id}}","x":"PARKED-MARK-7F3A"}""",
                now
            )
        );
        db.Quarantine.Add(
            new QuarantineEntry(
                Id<QuarantineEntry>.New(now),
                "status",
                "unknown",
                $$"""{"message_uuid":"{{message.CarrierId}}","x":"QUARANTINE-MARK-7F3A"}""",
                now
            )
        );
        db.Quarantine.Add(
            new QuarantineEntry(
                Id<QuarantineEntry>.New(now),
                "inbound",
                "unknown",
                """{"message_uuid":"not-ours"}""",
                now
            )
        );
        db.IdempotentAnswers.Add(
            new IdempotentAnswer("key", "hash", now)
            {
                Status = 202,
                Body = $$"""{"id":"{{message.Id}}","text":"ANSWER-MARK-7F3A"}""",
            }
        );
        await db.SaveChangesAsync(Cancellation);
    }

    private static async Task TextAsync(AttachmentsApp app, string from, string text)
    {
        using var answer = await app.Inbox.ReceiveAsync(from, text);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task MmsAsync(AttachmentsApp app, string url, string name, string caption)
    {
        using var answer = await app.Inbox.PostWebhookAsync(
            "inbound",
            JsonSerializer.Serialize(
                new
                {
                    channel = "mms",
                    message_uuid = Guid.NewGuid().ToString(),
                    to = InboxApp.Line,
                    from = Phone,
                    timestamp = app.Inbox.Clock.GetUtcNow().ToString("O"),
                    message_type = "image",
                    image = new
                    {
                        url,
                        name,
                        caption,
                    },
                }
            )
        );
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The files that hold these bytes: database, write-ahead log, storage, whatever lies in the app's folder.</summary>
    private static List<string> Find(AttachmentsApp app, string mark)
    {
        var wanted = Encoding.UTF8.GetBytes(mark);
        return
        [
            .. Directory
                .EnumerateFiles(app.Inbox.Folder, "*", SearchOption.AllDirectories)
                .Where(path =>
                {
                    using var file = new FileStream(
                        path,
                        FileMode.Open,
                        FileAccess.Read,
                        FileShare.ReadWrite | FileShare.Delete
                    );
                    using var bytes = new MemoryStream();
                    file.CopyTo(bytes);
                    return bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(wanted) >= 0;
                })
                .Select(Path.GetFileName)
                .OfType<string>(),
        ];
    }
}
