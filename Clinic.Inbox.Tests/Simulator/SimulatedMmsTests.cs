using System.Net;
using Clinic.Inbox.Carrier.Simulator;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>Photos and documents, from the phone's disk to the clinic's and the other way, over real HTTP.</summary>
public sealed class SimulatedMmsTests
{
    private const string Phone = "14155550134";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bella.jpg", "image/jpeg")]
    [InlineData("paw.jpg", "image/jpeg")]
    [InlineData("records.pdf", "application/pdf")]
    public async Task What_a_phone_sends_lies_with_the_clinic_as_it_was(string name, string type)
    {
        await using var app = await SimulatorClient.StartAsync();

        using var answer = await app.PostAsync(
            $"handsets/{Phone}/send",
            new { media = (string[])["/simulator/media/" + name] }
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var stored = await Eventually.GetAsync(
            async () =>
            {
                await using var db = app.Db();
                return await db.Attachments.SingleOrDefaultAsync(
                    a => a.State == AttachmentState.Stored,
                    Cancellation
                );
            },
            "the file is fetched"
        );
        Assert.Equal(type, stored.ContentType);
        Assert.Equal(name, stored.Name);
        Assert.Equal(type == "image/jpeg", stored.HasThumbnail);
        Assert.Equal(
            app.Get<MediaShelf>().Find(name)!.Bytes,
            await File.ReadAllBytesAsync(app.Get<AttachmentStore>().PathOf(stored.Id), Cancellation)
        );
    }

    [Theory]
    [InlineData("bella.jpg", "image", "image/jpeg")]
    [InlineData("records.pdf", "file", "application/pdf")]
    public async Task What_staff_attach_is_fetched_by_the_carrier_and_shown_on_the_phone(
        string name,
        string kind,
        string type
    )
    {
        await using var app = await SimulatorClient.StartAsync();
        await app.TextTheClinicAsync(Phone, "Can you send it?");

        var id = await SendFileAsync(app, name);
        await app.BecomesAsync(id, MessageState.Delivered);

        var shown = (await app.ItemsAsync($"handsets/{Phone}/messages"))[^1];
        var media = Assert.Single(shown.GetProperty("media").EnumerateArray());
        Assert.Equal(kind, media.Text("type"));
        using var file = await app.Http.GetAsync(media.Text("url"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal(type, file.Content.Headers.ContentType?.MediaType);
        Assert.True(file.Content.Headers.ContentLength > 500);
    }

    [Fact]
    public async Task A_file_that_the_carrier_cannot_fetch_fails_the_text_in_plain_words()
    {
        await using var app = await InboxApp.StartAsync(
            settings: [("Simulator:SubmittedAfterMs", "60000"), ("Simulator:DeliveredAfterMs", "0")]
        );
        await app.TextTheClinicAsync(Phone, "Can you send it?");
        var id = await SendFileAsync(app, "bella.jpg");
        await app.BecomesAsync(id, MessageState.Sent);

        // Gone from the clinic's disk before the carrier comes for it.
        await using (var db = app.Db())
        {
            var file = await db.Attachments.SingleAsync(Cancellation);
            app.Get<AttachmentStore>().Delete(file.Id);
        }
        await Eventually.IsTrueAsync(
            async () =>
            {
                app.Clock.Advance(TimeSpan.FromMinutes(1));
                await using var db = app.Db();
                return await db.Messages.AnyAsync(
                    m => m.Id == id && m.State == MessageState.Failed,
                    Cancellation
                );
            },
            "the text fails"
        );

        var message = await app.BecomesAsync(id, MessageState.Failed);
        Assert.Equal("1380", message.ErrorCode);
        Assert.Contains("attachment", message.Error, StringComparison.Ordinal);
    }

    private static async Task<Id<Message>> SendFileAsync(InboxApp app, string name)
    {
        using var content = new MemoryStream(app.Get<MediaShelf>().Find(name)!.Bytes);
        var taken = await app.Get<AttachmentIntake>().TakeAsync(content, name, Cancellation);
        var file = Assert.IsType<IntakeResult.Taken>(taken).File;
        await using var db = app.Db();
        var conversation = await db.Conversations.SingleAsync(Cancellation);
        var result = await app.Get<ConversationDesk>()
            .SendAsync(
                conversation.Id,
                "Here it is",
                [file],
                new Actor("test", "Dana Test"),
                Cancellation
            );
        return Assert.IsType<EnqueueResult.Queued>(result).Message.Id;
    }
}
