using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Clinic.Inbox.Tests.Conversations;

public sealed class AttachmentFetchingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_inbound_MMS_of_the_carrier_arrives_with_its_files()
    {
        await using var app = await AttachmentsApp.StartAsync();
        app.Media.Serve(SampleFiles.TurnedPhoto(), "image/jpeg", "paw.jpg");
        app.Media.Serve(SampleFiles.Jpeg(), "image/jpeg", "a.jpg");
        app.Media.Serve(SampleFiles.Jpeg(), "text/html", "b.jpg");
        app.Media.Serve(SampleFiles.Jpeg(), "image/jpeg", "image.jpg");
        app.Media.Serve(SampleFiles.Pdf(), "application/pdf", "records.pdf");
        var anything = app.Media.Serve(SampleFiles.BaseMedia("isom"), "video/mp4", "video.mp4");
        var root = anything[..anything.LastIndexOf('/')];

        var seen = new List<string>();
        var number = 0;
        foreach (
            var vector in (string[])["image", "file", "content", "text", "audio", "video", "vcard"]
        )
        {
            var body = Regex.Replace(
                Carrier.Vector.Text($"inbound-mms-{vector}.json"),
                "https?://(127\\.0\\.0\\.1:5900/media|example\\.com)",
                root,
                RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(1)
            );
            body = body.Replace("15550100100", InboxApp.Line, StringComparison.Ordinal)
                .Replace("447700900000", InboxApp.Line, StringComparison.Ordinal)
                .Replace("aaaaaaaa-", $"{++number:x8}-", StringComparison.Ordinal);
            using var answer = await app.Inbox.PostWebhookAsync("inbound", body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = app.Inbox.Db();
                return !await db.Attachments.AnyAsync(
                    a => a.State == AttachmentState.Pending,
                    Cancellation
                );
            },
            "every file is there or given up"
        );
        await using var look = app.Inbox.Db();
        foreach (
            var message in await look
                .Messages.Include(m => m.Attachments)
                .OrderBy(m => m.Id)
                .ToListAsync(Cancellation)
        )
        {
            seen.Add(
                string.Join(
                    ' ',
                    message
                        .Attachments.OrderBy(a => a.Position)
                        .Select(a =>
                            $"{a.Name}:{(a.State == AttachmentState.Stored ? a.ContentType : a.State)}"
                        )
                )
            );
        }
        Assert.Equal(
            [
                "paw.jpg:image/jpeg",
                "records.pdf:application/pdf",
                "photo.jpg:image/jpeg photo.jpg:image/jpeg",
                "",
                "audio.mp3:Failed photo.jpg:image/jpeg",
                "video.mp4:video/mp4 photo.jpg:image/jpeg",
                "conatact.vcf:Failed photo.jpg:image/jpeg",
            ],
            seen
        );
    }

    [Fact]
    public async Task The_open_thread_swaps_the_placeholder_for_the_photo()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var told = new System.Collections.Concurrent.ConcurrentQueue<InboxEvent.MessageChanged>();
        using var subscription = app
            .Inbox.Get<Feed>()
            .Subscribe(change =>
            {
                if (change is InboxEvent.MessageChanged message)
                {
                    told.Enqueue(message);
                }
            });
        var release = new TaskCompletionSource();
        var url = app.Media.Serve(async context =>
        {
            await release.Task;
            await context.Response.Body.WriteAsync(
                SampleFiles.TurnedPhoto(),
                context.RequestAborted
            );
        });

        var id = await app.ReceiveAsync(url);
        Assert.Equal(
            AttachmentState.Pending,
            Assert.Single(Assert.Single(told).Message.Attachments).State
        );
        release.SetResult();
        await app.FileAsync(id, AttachmentState.Stored);

        var shown = await Eventually.GetAsync(
            () =>
                Task.FromResult(
                    told.LastOrDefault(m =>
                        m.Message.Attachments[0].State == AttachmentState.Stored
                    )
                ),
            "the screens are told"
        );
        var file = Assert.Single(shown.Message.Attachments);
        Assert.Equal(
            (true, true, 20, 40),
            (file.IsImage, file.HasThumbnail, file.Width, file.Height)
        );
        Assert.Equal("His paw", shown.Message.Text);
    }

    [Fact]
    public async Task What_is_not_there_yet_is_fetched_later_with_growing_pauses()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var healthy = false;
        var url = app.Media.Serve(context =>
        {
            context.Response.StatusCode = healthy ? 200 : 503;
            return healthy
                ? context.Response.Body.WriteAsync(SampleFiles.Jpeg()).AsTask()
                : Task.CompletedTask;
        });
        var id = await app.ReceiveAsync(url);
        var pauses = new List<TimeSpan>();
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var file = await TriedAsync(app, id, attempt);
            Assert.Equal("The media host answered 503.", file.Error);
            var pause = file.NextAttemptAt!.Value - app.Inbox.Clock.GetUtcNow();
            pauses.Add(pause);
            app.Advance(pause + TimeSpan.FromSeconds(1));
        }
        Assert.Equal(pauses.Order(), pauses);
        await TriedAsync(app, id, 6);
        healthy = true;
        app.Advance(TimeSpan.FromHours(2));

        var stored = await app.FileAsync(id, AttachmentState.Stored);
        Assert.Null(stored.Error);
        Assert.Null(stored.SourceUrl);
        Assert.Equal(7, app.Media.AskedFor(url));
    }

    [Fact]
    public async Task After_48_hours_staff_are_told_to_ask_again()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var url = app.Media.Serve(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        var id = await app.ReceiveAsync(url);
        await TriedAsync(app, id, 1);

        app.Advance(TimeSpan.FromHours(47));
        await TriedAsync(app, id, 2);
        app.Advance(TimeSpan.FromHours(2));

        var file = await app.FileAsync(id, AttachmentState.Failed);
        Assert.Contains("48 hours", file.Error, StringComparison.Ordinal);
        Assert.Contains("Ask the client to send it again", file.Error, StringComparison.Ordinal);
        Assert.Null(file.NextAttemptAt);
    }

    [Theory]
    [InlineData("<!doctype html><script>alert(1)</script>", "not taken")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not taken")]
    [InlineData("\u00FF\u00D8\u00FF<script>alert(1)</script>", "damaged")]
    [InlineData("GIF89a/*<svg/onload=alert(1)>*/=1;", "more than is opened")]
    public async Task A_jpg_that_is_something_else_is_refused_in_plain_words(
        string content,
        string word
    )
    {
        await using var app = await AttachmentsApp.StartAsync();
        var id = await app.ReceiveAsync(
            app.Media.Serve(Encoding.Latin1.GetBytes(content), "image/jpeg")
        );

        var file = await app.FileAsync(id, AttachmentState.Failed);

        Assert.Contains(word, file.Error, StringComparison.Ordinal);
        Assert.Empty(app.FilesOnDisk());
    }

    [Fact]
    public async Task Bombs_and_giants_and_dead_links_are_given_up()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var bomb = await app.ReceiveAsync(app.Media.Serve(SampleFiles.PngBomb(), "image/png"));
        var giant = await app.ReceiveAsync(app.Media.Serve(new byte[MediaFetcher.Limit + 1]));
        var gone = await app.ReceiveAsync(app.Media.Serve(SampleFiles.Jpeg()) + "-not-this");
        var elsewhere = await app.ReceiveAsync("https://169.254.169.254/latest/meta-data");

        Assert.Contains(
            "50,000",
            (await app.FileAsync(bomb, AttachmentState.Failed)).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "10 MiB",
            (await app.FileAsync(giant, AttachmentState.Failed)).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "404",
            (await app.FileAsync(gone, AttachmentState.Failed)).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "not one that we",
            (await app.FileAsync(elsewhere, AttachmentState.Failed)).Error,
            StringComparison.Ordinal
        );
        Assert.Empty(app.FilesOnDisk());
    }

    [Fact]
    public async Task A_HEIC_photo_is_kept_for_saving_but_not_shown()
    {
        await using var app = await AttachmentsApp.StartAsync();

        var file = await app.StoredAsync(SampleFiles.BaseMedia("heic"), "IMG_2041.HEIC");

        Assert.Equal(
            ("IMG_2041.HEIC", "image/heic", false, false),
            (file.Name, file.ContentType, file.IsImage, file.HasThumbnail)
        );
    }

    [Fact]
    public async Task A_crash_between_disk_and_commit_loses_nothing()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var photo = SampleFiles.Jpeg();
        var hold = new TaskCompletionSource();
        var url = app.Media.Serve(async context =>
        {
            await hold.Task;
            await context.Response.Body.WriteAsync(photo, context.RequestAborted);
        });
        var id = await app.ReceiveAsync(url);
        var claimed = await Eventually.GetAsync(
            async () =>
                (await app.MessageAsync(id)).Attachments.SingleOrDefault(a => a.Attempts == 1),
            "the file is claimed"
        );
        // Whoever claims it may die: after two minutes it is another's.
        Assert.InRange(
            claimed.NextAttemptAt!.Value - app.Inbox.Clock.GetUtcNow(),
            TimeSpan.FromSeconds(1),
            TimeSpan.FromMinutes(2)
        );
        // What a dead process leaves: its claim, half a file, and a whole one that no commit speaks of.
        var store = app.Inbox.Get<AttachmentStore>();
        await store.SaveAsync(claimed.Id, "rubbish"u8.ToArray(), Cancellation);
        await File.WriteAllTextAsync(store.PathOf(claimed.Id) + ".part", "half", Cancellation);
        hold.SetResult();

        await app.FileAsync(id, AttachmentState.Stored);

        Assert.Equal(photo, await File.ReadAllBytesAsync(store.PathOf(claimed.Id), Cancellation));
        Assert.DoesNotContain(
            app.FilesOnDisk(),
            f => f.EndsWith(".part", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task An_attempt_whose_process_died_is_taken_over_after_its_lease()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var url = app.Media.Serve(SampleFiles.Jpeg());
        var id = await app.ReceiveAsync(url);
        var first = await app.FileAsync(id, AttachmentState.Stored);
        await using (var db = app.Inbox.Db())
        {
            await db.Attachments.ExecuteUpdateAsync(
                a =>
                    a.SetProperty(x => x.State, AttachmentState.Pending)
                        .SetProperty(x => x.SourceUrl, url)
                        .SetProperty(
                            x => x.NextAttemptAt,
                            app.Inbox.Clock.GetUtcNow() + TimeSpan.FromMinutes(2)
                        ),
                Cancellation
            );
        }
        await app.Inbox.Get<AttachmentFetching>().FetchAsync(first.Id, Cancellation);
        Assert.Equal(1, app.Media.AskedFor(url));

        app.Advance(TimeSpan.FromMinutes(3));

        await app.FileAsync(id, AttachmentState.Stored);
        Assert.Equal(2, app.Media.AskedFor(url));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Ten_who_want_the_same_file_fetch_it_once(DatabaseKind kind)
    {
        await using var app = await AttachmentsApp.StartAsync(
            adjust: null,
            await SettingsAsync(kind)
        );
        var release = new TaskCompletionSource();
        var url = app.Media.Serve(async context =>
        {
            await release.Task;
            await context.Response.Body.WriteAsync(SampleFiles.Jpeg(), context.RequestAborted);
        });
        var id = await app.ReceiveAsync(url);
        var file = (await app.MessageAsync(id)).Attachments.Single();
        var fetching = app.Inbox.Get<AttachmentFetching>();

        var all = Enumerable
            .Range(0, 10)
            .Select(_ => fetching.FetchAsync(file.Id, Cancellation))
            .ToArray();
        release.SetResult();
        await Task.WhenAll(all);

        await app.FileAsync(id, AttachmentState.Stored);
        Assert.Equal(1, app.Media.AskedFor(url));
    }

    [Fact]
    public async Task No_more_than_four_are_fetched_at_once()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var (now, most) = (0, 0);
        var release = new TaskCompletionSource();
        var messages = new List<Id<Message>>();
        for (var i = 0; i < 9; i++)
        {
            messages.Add(
                await app.ReceiveAsync(
                    app.Media.Serve(async context =>
                    {
                        InterlockedMax(ref most, Interlocked.Increment(ref now));
                        await release.Task;
                        Interlocked.Decrement(ref now);
                        await context.Response.Body.WriteAsync(
                            SampleFiles.Jpeg(),
                            context.RequestAborted
                        );
                    })
                )
            );
        }
        await Eventually.IsTrueAsync(
            () => Task.FromResult(Volatile.Read(ref now) == 4),
            "four are under way"
        );
        release.SetResult();
        foreach (var id in messages)
        {
            await app.FileAsync(id, AttachmentState.Stored);
        }
        Assert.Equal(4, most);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_file_that_arrives_after_its_conversation_was_deleted_is_not_kept(
        DatabaseKind kind
    )
    {
        var log = new RecordingLog();
        await using var app = await AttachmentsApp.StartAsync(
            builder => builder.Logging.AddProvider(log),
            [
                ("Logging:LogLevel:Clinic.Inbox.Conversations.AttachmentFetching", "Information"),
                .. await SettingsAsync(kind),
            ]
        );
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var url = app.Media.Serve(async context =>
        {
            entered.SetResult();
            await release.Task;
            await context.Response.Body.WriteAsync(SampleFiles.Jpeg(), context.RequestAborted);
        });
        var message = await app.MessageAsync(await app.ReceiveAsync(url));
        await entered.Task;

        var deleted = await app
            .Inbox.Get<DeletingConversations>()
            .DeleteAsync(message.ConversationId!.Value, Actor.System, Cancellation);
        release.SetResult();

        Assert.Equal(DeskResult.Done, deleted);
        await Eventually.IsTrueAsync(
            () =>
                Task.FromResult(
                    log.Lines.Any(l => l.Text.Contains("deleted", StringComparison.Ordinal))
                ),
            "the download ended"
        );
        Assert.Empty(app.FilesOnDisk());
    }

    /// <summary>Beside the defaults, which are SQLite's.</summary>
    private static async Task<(string Key, string Value)[]> SettingsAsync(DatabaseKind kind) =>
        kind == DatabaseKind.Postgres ? await kind.NewAsync("") : [];

    private static async Task<Attachment> TriedAsync(
        AttachmentsApp app,
        Id<Message> id,
        int attempt
    ) =>
        await Eventually.GetAsync(
            async () =>
            {
                var file = (await app.MessageAsync(id)).Attachments.Single();
                return
                    file.Attempts == attempt
                    && file.Error is not null
                    && app.Media.AskedFor(file.SourceUrl!) == attempt
                    ? file
                    : null;
            },
            $"attempt {attempt} failed"
        );

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while (
            value > (seen = Volatile.Read(ref most))
            && Interlocked.CompareExchange(ref most, value, seen) != seen
        ) { }
    }
}
