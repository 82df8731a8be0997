using System.Net;
using System.Text.Json;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.ConsentPages;

public sealed class EvidenceOnSqliteTests(SqliteWalk walk)
    : EvidenceTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class EvidenceOnPostgresTests(PostgresWalk walk)
    : EvidenceTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>One file that shows why a client was texted.</summary>
public abstract class EvidenceTests(Walk walk)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_holds_consents_texts_with_their_basis_and_the_words_of_stop()
    {
        var (phone, client) = await ArrangeAsync();
        using var manager = await phone.App.UserAsync(Roles.PracticeManager, "Mia Lane");

        var json = JsonDocument
            .Parse(
                await manager.Http.GetStringAsync(
                    ClientPaths.Evidence(client.Id, "json"),
                    Cancellation
                )
            )
            .RootElement;

        Assert.Equal("Mia Lane", json.GetProperty("madeBy").GetString());
        Assert.Equal("America/New_York", json.GetProperty("timeZone").GetString());
        Assert.Equal(
            [phone.Number.Value],
            json.GetProperty("numbers").EnumerateArray().Select(n => n.GetString())
        );
        var consents = json.GetProperty("consents").EnumerateArray().ToList();
        Assert.Equal(
            ["granted", "withdrawn"],
            consents.Select(c => c.GetProperty("action").GetString())
        );
        Assert.Equal("May we text you?", consents[0].GetProperty("terms").GetString());
        Assert.Matches("-0[45]:00$", consents[0].GetProperty("at").GetString());
        var out_ = Assert.Single(json.GetProperty("optOuts").EnumerateArray());
        Assert.Equal("Stop please", out_.GetProperty("words").GetString());
        var texts = json.GetProperty("texts").EnumerateArray().ToList();
        Assert.Equal(
            ["reminder", "reminder", "system"],
            texts.Select(t => t.GetProperty("kind").GetString())
        );
        var sent = texts[0];
        Assert.StartsWith(
            "Bella is due. 🐶",
            sent.GetProperty("text").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(
            consents[0].GetProperty("id").GetString(),
            sent.GetProperty("consentId").GetString()
        );
        Assert.Contains(
            "(in person)",
            sent.GetProperty("basis").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal("sent", sent.GetProperty("state").GetString());
        // What waited when STOP came never left, and says so.
        Assert.Equal("failed", texts[1].GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, texts[1].GetProperty("attemptedAt").ValueKind);
    }

    [Fact]
    public async Task The_paper_says_the_same()
    {
        var (phone, client) = await ArrangeAsync();
        using var manager = await phone.App.UserAsync(Roles.PracticeManager, "Mia Lane");

        using var answer = await manager.Http.GetAsync(
            ClientPaths.Evidence(client.Id, "pdf"),
            Cancellation
        );

        Assert.Equal("application/pdf", answer.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(
            "consent-ana-cole-",
            answer.Content.Headers.ContentDisposition!.FileName,
            StringComparison.Ordinal
        );
        var pdf = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        if (Environment.GetEnvironmentVariable("INBOX_PICTURES") is { } folder)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "evidence.pdf"), pdf, Cancellation);
        }
        var text = PdfReading.Text(pdf).ReplaceLineEndings(" ");
        foreach (
            var said in (string[])
                ["Ana Cole", "Mia Lane", "May we text you?", "Stop please", "[1F436]", "in person"]
        )
        {
            Assert.Contains(said, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_managers_get_it_and_who_did_is_kept()
    {
        var (phone, client) = await ArrangeAsync();
        using var desk = await phone.App.UserAsync(Roles.FrontDesk);
        using var manager = await phone.App.UserAsync(Roles.PracticeManager);
        using var stranger = phone.App.Visitor();
        foreach (var format in (string[])["json", "pdf"])
        {
            var path = ClientPaths.Evidence(client.Id, format);
            using var turnedAway = await stranger.GetAsync(path, Cancellation);
            using var refused = await desk.Http.GetAsync(path, Cancellation);
            using var given = await manager.Http.GetAsync(path, Cancellation);

            Assert.NotEqual(HttpStatusCode.OK, turnedAway.StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal(HttpStatusCode.OK, given.StatusCode);
            Assert.Equal("no-store", given.Headers.CacheControl!.ToString());
        }
        using var nobody = await manager.Http.GetAsync(
            $"clients/{new string('0', 32)}/evidence.json",
            Cancellation
        );
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        await using var db = phone.App.Db();
        var notes = await db
            .Audit.Where(a =>
                a.Action == "consent.evidenceExported" && a.Subject == client.Id.ToString()
            )
            .ToListAsync(Cancellation);
        Assert.Equal(["json", "pdf"], notes.Select(n => n.Detail).Order());
        Assert.All(notes, n => Assert.Equal(manager.User.Id, n.ActorId));
    }

    [Fact]
    public async Task Of_two_who_share_a_number_each_has_a_file_of_their_own()
    {
        var phone = await walk.SceneAsync();
        var maria = await phone.ClientAsync("Maria", "Ruiz", consents: true);
        var juan = await phone.ClientAsync("Juan", "Ruiz");
        await phone.UntilAsync(await phone.RemindsAsync("To both"), MessageState.Sent);
        await using (var db = phone.App.Db())
        {
            await db
                .Messages.Where(m => m.Number == phone.Number)
                .ExecuteUpdateAsync(m => m.SetProperty(x => x.ClientId, maria.Id), Cancellation);
        }
        var book = phone.App.Get<EvidenceBook>();

        var hers = await book.GatherAsync(maria.Id, "json", Scene.Receptionist, Cancellation);
        var his = await book.GatherAsync(juan.Id, "json", Scene.Receptionist, Cancellation);

        Assert.Single(hers!.Texts);
        Assert.Empty(his!.Texts);
        Assert.Empty(his.Consents);
    }

    [Fact]
    public void A_client_with_a_thousand_texts_gets_a_paper_of_many_pages()
    {
        var evidence = new Evidence(
            "Test Vets",
            "America/Chicago",
            DateTimeOffset.UnixEpoch,
            "Mia Lane",
            "1",
            "Ana Cole",
            ["+14155550134"],
            [],
            [],
            [
                .. Enumerable
                    .Range(0, 1_000)
                    .Select(i => new EvidenceText(
                        $"id{i}",
                        "+13125550100",
                        "+14155550134",
                        MessageKind.Reminder,
                        Purpose.Transactional,
                        MessageState.Delivered,
                        DateTimeOffset.UnixEpoch,
                        DateTimeOffset.UnixEpoch,
                        SentAt: null,
                        DeliveredAt: null,
                        "Under consent of Nov 3, 2026 (in person).",
                        "c1",
                        "",
                        $"Reminder number {i}.",
                        Error: null
                    )),
            ]
        );

        var pages = PdfReading.Pages(EvidencePdf.Write(evidence, "US"));

        Assert.True(pages.Count > 20);
        Assert.Contains($"of {pages.Count}", pages[^1], StringComparison.Ordinal);
    }

    private async Task<(Scene Phone, Client Client)> ArrangeAsync()
    {
        var phone = await walk.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Cole", consents: true);
        await phone.UntilAsync(await phone.RemindsAsync("Bella is due. 🐶"), MessageState.Sent);
        await phone.PausesAsync();
        await phone.RemindsAsync("Bella is overdue.");
        await phone.HearsAsync("Stop please");
        await phone.ResumesAsync();
        await phone.UntilCarriedAsync(2);
        await phone.UntilQuietAsync();
        return (phone, client);
    }
}
