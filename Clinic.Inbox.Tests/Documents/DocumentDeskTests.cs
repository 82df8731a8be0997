using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Live;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Documents;

public sealed class DocumentDeskOnSqliteTests(SqliteWalk walk)
    : DocumentDeskTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class DocumentDeskOnPostgresTests(PostgresWalk walk)
    : DocumentDeskTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>Documents from the desk to the phone and back, through the whole app.</summary>
public abstract class DocumentDeskTests(Walk walk)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_form_goes_as_a_short_text_and_its_answers_stand_in_the_conversation()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var bella = await phone.App.PatientAsync(client, "Bella");
        var row = await phone.HearsAsync("Hello");
        await phone.Desk.MarkReadAsync(row.Id, Cancellation);
        var form = await phone.App.FormAsync();

        var (document, token) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.Form(form.Id))
            {
                ConversationId = row.Id,
                PatientId = bella.Id,
            }
        );

        await phone.UntilCarriedAsync(1);
        var carried = phone.Carried.Single().Text;
        Assert.StartsWith(
            "Our clinic: a form to fill in for Bella: http",
            carried,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("New patient", carried, StringComparison.Ordinal);
        var message = await phone.MessageAsync(document.MessageId!.Value);
        Assert.Equal(MessageKind.Document, message.Kind);
        Assert.Equal(ConsentCategory.Transactional, message.Category);
        Assert.Equal(row.Id, message.ConversationId);

        using var browser = phone.App.Visitor(followRedirects: true);
        using var opened = await browser.OpensAsync(token);
        using var thanks = await browser.SendFormAsync($"d/{token}", "answers", Papers.Answers);

        Assert.Contains(
            "Thank you",
            await thanks.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal
        );
        var details = await phone
            .App.Get<DocumentQueries>()
            .FindAsync(client.Id, document.Id, Cancellation);
        Assert.Equal(DocumentState.Answered, details!.Row.State);
        Assert.Equal(
            [
                ("Name of your pet", "Bella"),
                ("Anything we should know?", "<b>Afraid</b> of cats\nand of rain"),
                ("Species", "Dog"),
                ("Vaccines it had", "Rabies"),
                ("Born on", "2024-02-29"),
                ("May we send reminders?", "Yes"),
                ("Signature", "Ana Ruiz"),
            ],
            details.Answers!.Answers.Select(a => (a.Question, a.Values.Single()))
        );
        // Unread like a text, and the thread's bubble is told.
        var now = await phone.RowAsync();
        Assert.Equal((1, "Filled in: New patient"), (now.Unread, now.Preview));
        Assert.True(phone.Told[^1].Flash);
        Assert.Contains(
            walk.Told.OfType<InboxEvent.MessageChanged>(),
            c => c.ConversationId == row.Id && c.Message.Id == message.Id
        );
        Assert.Contains(
            walk.Told.OfType<InboxEvent.DocumentsChanged>(),
            c => c.ClientId == client.Id
        );
        var about = await phone.App.Get<SentDocuments>().AboutAsync([message.Id], Cancellation);
        Assert.NotNull(about[message.Id].AnsweredAt);
    }

    [Fact]
    public async Task Without_consent_nothing_is_created_and_staff_hear_why()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz");
        // Who texted first may be answered, but was promised no documents.
        var row = await phone.HearsAsync("Hello");
        var form = await phone.App.FormAsync();
        var file = await phone.App.ChoosesAsync(SampleFiles.Pdf());
        foreach (
            var content in (DocumentContent[])
                [
                    new DocumentContent.Form(form.Id),
                    new DocumentContent.Upload(file),
                    new DocumentContent.Statement(),
                    new DocumentContent.Update("She is fine", Photo: null),
                ]
        )
        {
            var result = await phone.App.SendsAsync(
                new DocumentDraft(client.Id, content) { ConversationId = row.Id }
            );

            var refused = Assert.IsType<DocumentResult.Refused>(result);
            Assert.Equal("noConsent", refused.Code);
            Assert.Contains("no consent on record", refused.Reason, StringComparison.Ordinal);
        }
        await using var db = phone.App.Db();
        Assert.False(await db.SharedDocuments.AnyAsync(d => d.ClientId == client.Id, Cancellation));
        Assert.False(await db.KeptFiles.AnyAsync(k => k.Id == file.Id, Cancellation));
        Assert.False(
            await db.Messages.AnyAsync(
                m => m.Number == phone.Number && m.Kind == MessageKind.Document,
                Cancellation
            )
        );
        // What staff chose can be sent once there is consent.
        await phone.ConsentsAsync(client.Id);
        await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.Upload(file))
            {
                ConversationId = row.Id,
            }
        );
    }

    [Fact]
    public async Task From_the_profile_it_starts_a_conversation_and_goes_to_the_mobile()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);

        var (document, _) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.Statement())
        );

        var message = await phone.MessageAsync(document.MessageId!.Value);
        Assert.Equal(phone.Number, message.Number);
        await using var db = phone.App.Db();
        var conversation = await db.Conversations.SingleAsync(
            c => c.Id == message.ConversationId,
            Cancellation
        );
        Assert.Equal((client.Id, true), (conversation.ClientId, conversation.IsOpen));
        Assert.Equal(DocumentKind.Statement, document.Kind);
    }

    [Fact]
    public async Task A_number_that_opted_out_starts_no_conversation_either()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        await phone.HearsAsync("STOP");
        await phone.Desk.CloseAsync((await phone.RowAsync()).Id, Scene.Receptionist, Cancellation);

        var result = await phone.App.SendsAsync(
            new DocumentDraft(client.Id, new DocumentContent.Statement())
        );

        Assert.Equal("optedOut", Assert.IsType<DocumentResult.Refused>(result).Code);
        await using var db = phone.App.Db();
        Assert.False(
            await db.Conversations.AnyAsync(
                c => c.Number == phone.Number && c.State == ConversationState.Open,
                Cancellation
            )
        );
    }

    [Fact]
    public async Task A_small_picture_goes_in_the_text_itself()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var row = await phone.HearsAsync("Hello");
        var file = await phone.App.ChoosesAsync(SampleFiles.NoisyPng(1_200, 900), "bella.png");
        Assert.True(file.Size > DocumentFiles.LargestPicture);

        var sent = Assert.IsType<DocumentResult.Sent>(
            await phone.App.SendsAsync(
                new DocumentDraft(client.Id, new DocumentContent.Upload(file, AsPicture: true))
                {
                    ConversationId = row.Id,
                }
            )
        );

        await phone.UntilCarriedAsync(1);
        var carried = phone.Carried.Single();
        Assert.StartsWith("Our clinic: a picture", carried.Text, StringComparison.Ordinal);
        Assert.NotNull(carried.Image);
        var path = new Uri(carried.Image).AbsolutePath.TrimStart('/');
        var bytes = await phone.App.Http.GetByteArrayAsync(path, Cancellation);
        Assert.InRange(bytes.Length, 1, DocumentFiles.LargestPicture);
        Assert.Equal([0xFF, 0xD8, 0xFF], bytes[..3]);
        Assert.Equal(DocumentState.Picture, sent.Document.StateAt(phone.App.Clock.GetUtcNow()));
        await using var db = phone.App.Db();
        Assert.False(
            await db.DocumentLinks.AnyAsync(l => l.DocumentId == sent.Document.Id, Cancellation)
        );
    }

    [Fact]
    public async Task A_line_that_carries_no_pictures_refuses_one_and_offers_a_link()
    {
        var phone = await walk.SceneAsync(LineType.ShortCode);
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var row = await phone.HearsAsync("Hello");
        var file = await phone.App.ChoosesAsync(SampleFiles.Jpeg(), "bella.jpg");
        var draft = new DocumentDraft(client.Id, new DocumentContent.Upload(file, AsPicture: true))
        {
            ConversationId = row.Id,
        };

        var refused = Assert.IsType<DocumentResult.Refused>(await phone.App.SendsAsync(draft));

        Assert.Equal("noPictures", refused.Code);
        await phone.App.SentAsync(draft with { Content = new DocumentContent.Upload(file) });
    }

    [Fact]
    public async Task Sent_again_both_links_open_until_it_is_withdrawn()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var (document, first) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.Update("She is fine.", Photo: null))
        );

        var again = Assert.IsType<DocumentResult.Sent>(
            await phone
                .App.Get<DocumentDesk>()
                .SendAgainAsync(document.Id, Scene.Receptionist, Cancellation)
        );

        var second = Papers.TokenIn(again.Message.Text);
        Assert.NotEqual(first, second);
        var door = phone.App.Get<DocumentDoor>();
        Assert.All(
            [await door.FindAsync(first, Cancellation), await door.FindAsync(second, Cancellation)],
            found => Assert.True(found is { IsOpen: true } && found.Id == document.Id)
        );
        Assert.Equal(
            DeskResult.Done,
            await phone
                .App.Get<DocumentDesk>()
                .WithdrawAsync(document.Id, Scene.Receptionist, Cancellation)
        );
        Assert.All(
            [await door.FindAsync(first, Cancellation), await door.FindAsync(second, Cancellation)],
            found => Assert.Equal(DocumentState.Withdrawn, found!.Closed)
        );
        Assert.IsType<DocumentResult.Refused>(
            await phone
                .App.Get<DocumentDesk>()
                .SendAgainAsync(document.Id, Scene.Receptionist, Cancellation)
        );
        Assert.Equal(
            DeskResult.NotNow,
            await phone
                .App.Get<DocumentDesk>()
                .ExtendAsync(document.Id, 14, Scene.Receptionist, Cancellation)
        );
    }

    [Fact]
    public async Task A_text_that_still_waits_is_taken_back_with_its_document()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var row = await phone.HearsAsync("Hello");
        await phone.PausesAsync();
        var (document, _) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.Statement())
            {
                ConversationId = row.Id,
            }
        );

        await phone
            .App.Get<DocumentDesk>()
            .WithdrawAsync(document.Id, Scene.Receptionist, Cancellation);
        await phone.ResumesAsync();

        await phone.UntilQuietAsync();
        Assert.Empty(phone.Carried);
        var text = await phone.MessageAsync(document.MessageId!.Value);
        Assert.Equal((MessageState.Failed, "withdrawn"), (text.State, text.ErrorCode));
    }

    [Fact]
    public async Task Deleting_the_conversation_keeps_the_document_in_the_profile()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var row = await phone.HearsAsync("Hello");
        var (document, token) = await phone.App.SentAsync(
            new DocumentDraft(
                client.Id,
                new DocumentContent.Upload(await phone.App.ChoosesAsync(SampleFiles.Pdf()))
            )
            {
                ConversationId = row.Id,
            }
        );
        await phone.UntilQuietAsync();

        await phone
            .App.Get<DeletingConversations>()
            .DeleteAsync(row.Id, Scene.Receptionist, Cancellation);

        var kept = Assert.Single(
            await phone.App.Get<DocumentQueries>().OfClientAsync(client.Id, Cancellation)
        );
        Assert.Equal((document.Id, (MessageState?)null), (kept.Document.Id, kept.TextState));
        using var browser = phone.App.Visitor(followRedirects: true);
        using var opened = await browser.OpensAsync(token);
        using var file = await browser.GetAsync($"d/{token}/file", Cancellation);
        Assert.Equal("application/pdf", file.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_patient_file_names_what_was_given_and_nobody_elses_patient()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var bella = await phone.App.PatientAsync(client, "Bella");
        var other = await phone.AnotherPhone().ClientAsync("Tom", "Becker");
        var rex = await phone.App.PatientAsync(other, "Rex");
        await GiveAsync(phone, bella);

        var foreign = await phone.App.SendsAsync(
            new DocumentDraft(client.Id, new DocumentContent.PatientFile()) { PatientId = rex.Id }
        );
        var none = await phone.App.SendsAsync(
            new DocumentDraft(client.Id, new DocumentContent.PatientFile())
        );
        var (document, _) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.PatientFile()) { PatientId = bella.Id }
        );

        Assert.Equal("patient", Assert.IsType<DocumentResult.Invalid>(foreign).Problem.Field);
        Assert.Equal("patient", Assert.IsType<DocumentResult.Invalid>(none).Problem.Field);
        var facts = await phone
            .App.Get<DocumentFacts>()
            .PatientAsync(client.Id, bella.Id, Cancellation);
        Assert.Equal("Rabies vaccine", Assert.Single(facts!.Given).Name);
        Assert.Equal("Patient file of Bella", document.Title);
        var text = await ReadAsync(phone, document);
        Assert.Contains("Patient file of Bella", text, StringComparison.Ordinal);
        Assert.Contains("Rabies vaccine", text, StringComparison.Ordinal);
        Assert.Contains("Dr. Reed", text, StringComparison.Ordinal);
        Assert.Contains("Ana Ruiz", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Rex", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_says_what_is_owed_and_what_it_does_not_know()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        await using (var db = phone.App.Db())
        {
            (await db.Clients.SingleAsync(c => c.Id == client.Id, Cancellation)).Balance = 84.5m;
            await db.SaveChangesAsync(Cancellation);
        }

        var (document, _) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.Statement())
        );

        var text = await ReadAsync(phone, document);
        Assert.Contains("Billing statement", text, StringComparison.Ordinal);
        Assert.Contains("$84.50 due", text, StringComparison.Ordinal);
        Assert.Contains("Ana Ruiz", text, StringComparison.Ordinal);
        Assert.Contains("Single charges and payments", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_go_90_days_after_their_link_expired_and_the_history_stays()
    {
        await using var own = Walk.On(walk.Kind);
        var phone = await own.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var library = phone.App.Get<Library>();
        await library.AddFileAsync(
            "Price list",
            await phone.App.ChoosesAsync(SampleFiles.Pdf("prices")),
            Scene.Receptionist,
            Cancellation
        );
        var item = (await library.ListAsync(Cancellation)).Single();
        var (mine, _) = await phone.App.SentAsync(
            new DocumentDraft(
                client.Id,
                new DocumentContent.Upload(await phone.App.ChoosesAsync(SampleFiles.Pdf()))
            )
        );
        var (shared, _) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.FromLibrary(item.Item.Id))
        );
        var store = phone.App.Get<AttachmentStore>();
        var cleaning =
            Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<DocumentCleaning>(
                phone.App.Services
            );

        phone.App.Clock.Advance(TimeSpan.FromDays(SharedDocument.UsualDays + 89));
        await cleaning.CleanAsync(Cancellation);
        await phone.App.Get<AttachmentCleaning>().CleanAsync(Cancellation);
        Assert.True(File.Exists(store.PathOf(mine.FileId!.Value)));
        phone.App.Clock.Advance(TimeSpan.FromDays(2));
        await cleaning.CleanAsync(Cancellation);

        Assert.False(File.Exists(store.PathOf(mine.FileId.Value)));
        // The library's own file stays, whoever was sent it.
        Assert.True(File.Exists(store.PathOf(shared.FileId!.Value)));
        var rows = await phone.App.Get<DocumentQueries>().OfClientAsync(client.Id, Cancellation);
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.NotNull(row.Document.FileRemovedAt));
        await library.RemoveAsync(item.Item.Id, Scene.Receptionist, Cancellation);
        await cleaning.CleanAsync(Cancellation);
        Assert.False(File.Exists(store.PathOf(shared.FileId.Value)));
    }

    /// <summary>The words of the PDF behind a document.</summary>
    private static async Task<string> ReadAsync(Scene phone, SharedDocument document) =>
        PdfReading.Text(
            await File.ReadAllBytesAsync(
                phone.App.Get<AttachmentStore>().PathOf(document.FileId!.Value),
                Cancellation
            )
        );

    private static async Task GiveAsync(Scene phone, Patient patient)
    {
        await using var db = phone.App.Db();
        var item = new InventoryItem(Id<InventoryItem>.New(phone.Now), "Rabies vaccine");
        db.InventoryItems.Add(item);
        db.Treatments.Add(
            new Treatment(
                Id<Treatment>.New(phone.Now),
                patient.Id,
                item.Id,
                DateOnly.FromDateTime(phone.Now.UtcDateTime).AddDays(-10),
                "Dr. Reed"
            )
        );
        await db.SaveChangesAsync(Cancellation);
    }
}
