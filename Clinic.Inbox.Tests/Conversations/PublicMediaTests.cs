using System.Net;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Conversations;

/// <summary>What the carrier fetches to deliver it, and the files that staff take to send.</summary>
public sealed class PublicMediaTests
{
    private static readonly Actor Staff = new("u1", "Sam");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_carrier_fetches_a_sent_file_by_its_link_for_48_hours()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var file = await SentAsync(app);
        var link = $"media/{file.PublicToken}/image.jpg";

        using var answer = await app.Inbox.Http.GetAsync(link, Cancellation);
        using var head = await app.Inbox.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, link),
            Cancellation
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("image/jpeg", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(file.Size, (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length);
        Assert.Equal(file.Size, head.Content.Headers.ContentLength);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.DoesNotContain(
            "Bella",
            answer.Content.Headers.ContentDisposition!.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal("noindex", answer.Headers.GetValues("X-Robots-Tag").Single());

        app.Advance(TimeSpan.FromHours(47));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, link));
        app.Advance(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app, link));
    }

    [Fact]
    public async Task Nothing_else_is_public()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var sent = await SentAsync(app);
        var token = sent.PublicToken!;
        var inbound = await app.StoredAsync(SampleFiles.Jpeg());
        await using (var db = app.Inbox.Db())
        {
            // Even if a client's file had a token, it is not one of ours.
            await db
                .Attachments.Where(a => a.Id == inbound.Id)
                .ExecuteUpdateAsync(
                    a =>
                        a.SetProperty(x => x.PublicToken, new string('a', 32))
                            .SetProperty(
                                x => x.PublicUntil,
                                app.Inbox.Clock.GetUtcNow().AddDays(1)
                            ),
                    Cancellation
                );
        }
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, $"media/{token}/image.jpg"));
        foreach (
            var path in (string[])
                [
                    $"media/{token}/image.png",
                    $"media/{token}/{sent.Name}",
                    $"media/{token.ToUpperInvariant()}/image.jpg",
                    $"media/{token[..^1]}/image.jpg",
                    $"media/{token}0/image.jpg",
                    $"media/{sent.Id}/image.jpg",
                    $"media/{new string('0', 32)}/image.jpg",
                    $"media/{new string('a', 32)}/image.jpg",
                    $"media/%25/image.jpg",
                    $"media/{new string('x', 5_000)}/image.jpg",
                ]
        )
        {
            Assert.True(await StatusAsync(app, path) is HttpStatusCode.NotFound, path);
        }
        // There is no list: these are pages of the app, if they are anything, and lead to the sign-in.
        foreach (var path in (string[])["media", "media/", $"media/{token}", $"media/{token}/"])
        {
            Assert.True(await StatusAsync(app, path) is not HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task A_file_that_is_not_sent_within_a_day_is_removed_and_can_not_be_sent()
    {
        await using var app = await AttachmentsApp.StartAsync();
        var sent = await SentAsync(app);
        var kept = await TakeAsync(app);
        app.Advance(TimeSpan.FromHours(20));
        await SendAsync(app, kept);
        var forgotten = await TakeAsync(app);
        var store = app.Inbox.Get<AttachmentStore>();
        await File.WriteAllTextAsync(store.PathOf(forgotten.Id) + ".part", "half", Cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(app.Inbox.Folder, "attachments", "notes.txt"),
            "not ours",
            Cancellation
        );

        await app.Inbox.Get<AttachmentCleaning>().CleanAsync(Cancellation);
        Assert.True(File.Exists(store.PathOf(forgotten.Id)));
        app.Advance(TimeSpan.FromHours(25));
        await app.Inbox.Get<AttachmentCleaning>().CleanAsync(Cancellation);

        Assert.False(File.Exists(store.PathOf(forgotten.Id)));
        Assert.False(File.Exists(store.ThumbnailPathOf(forgotten.Id)));
        Assert.True(File.Exists(store.PathOf(sent.Id)));
        Assert.True(File.Exists(store.ThumbnailPathOf(sent.Id)));
        Assert.True(File.Exists(store.PathOf(kept.Id)));
        Assert.True(File.Exists(Path.Combine(app.Inbox.Folder, "attachments", "notes.txt")));
        var refused = Assert.IsType<EnqueueResult.Refused>(await EnqueueAsync(app, forgotten));
        Assert.Equal("fileGone", refused.Code);
    }

    private static async Task<Attachment> SentAsync(AttachmentsApp app) =>
        await SendAsync(app, await TakeAsync(app));

    private static async Task<StoredFile> TakeAsync(AttachmentsApp app)
    {
        using var content = new MemoryStream(SampleFiles.TurnedPhoto());
        return Assert
            .IsType<IntakeResult.Taken>(
                await app
                    .Inbox.Get<AttachmentIntake>()
                    .TakeAsync(content, "Bella.jpg", Cancellation)
            )
            .File;
    }

    private static async Task<Attachment> SendAsync(AttachmentsApp app, StoredFile file)
    {
        var queued = Assert.IsType<EnqueueResult.Queued>(await EnqueueAsync(app, file));
        return queued.Message.Attachments.Single();
    }

    private static async Task<EnqueueResult?> EnqueueAsync(AttachmentsApp app, StoredFile file)
    {
        await using (var db = app.Inbox.Db())
        {
            // Nothing leaves: a paused line does not renew links.
            (await db.Lines.SingleAsync(Cancellation)).Pause("test");
            await db.SaveChangesAsync(Cancellation);
        }
        var message = await app.MessageAsync(
            await app.ReceiveAsync(app.Media.Serve(SampleFiles.Jpeg()))
        );
        return await app
            .Inbox.Get<ConversationDesk>()
            .SendAsync(message.ConversationId!.Value, "Here is Bella", [file], Staff, Cancellation);
    }

    private static async Task<HttpStatusCode> StatusAsync(AttachmentsApp app, string path)
    {
        using var visitor = app.Inbox.Visitor();
        using var answer = await visitor.GetAsync(path, Cancellation);
        return answer.StatusCode;
    }
}
