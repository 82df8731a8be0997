using System.Net;
using System.Text;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clinic.Inbox.Tests.Documents;

/// <summary>Private links before strangers, over real HTTP.</summary>
public sealed class DocumentLinksTests(SqliteWalk walk) : IClassFixture<SqliteWalk>
{
    /// <summary>What a closed link must never name.</summary>
    private static readonly string[] Secrets = ["Ruiz", "Ana", "Zanzibar", "Bella", "Our clinic"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Looking_shows_the_clinic_and_the_kind_and_opens_nothing()
    {
        var (app, document, token) = await SendAsync();
        using var preview = app.Visitor();

        var page = await preview.GetStringAsync($"d/{token}", Cancellation);
        using var head = await preview.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, $"d/{token}"),
            Cancellation
        );
        var again = await preview.GetStringAsync($"d/{token}", Cancellation);

        Assert.Contains("Our clinic", page, StringComparison.Ordinal);
        Assert.Contains("A document", page, StringComparison.Ordinal);
        foreach (var secret in Secrets[..^1])
        {
            Assert.DoesNotContain(secret, page, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, again, StringComparison.Ordinal);
        }
        Assert.Null((await app.DocumentAsync(document.Id)).OpenedAt);
        // However often a scanner looks: it does not guess.
        for (var i = 0; i <= DocumentGuesses.MissesAMinute; i++)
        {
            using var looked = await preview.SendAsync(
                new HttpRequestMessage(HttpMethod.Head, $"d/{token}"),
                Cancellation
            );
            Assert.NotEqual(HttpStatusCode.TooManyRequests, looked.StatusCode);
        }
    }

    [Fact]
    public async Task Whoever_presses_the_button_opens_it_and_every_opening_counts_once()
    {
        var (app, document, token) = await SendAsync();
        using var browser = app.Visitor(followRedirects: true);

        using var opened = await browser.OpensAsync(token);
        var page = await opened.Content.ReadAsStringAsync(Cancellation);
        var reloaded = await browser.GetStringAsync($"d/{token}", Cancellation);

        Assert.Contains("Zanzibar", page, StringComparison.Ordinal);
        Assert.Contains($"/d/{token}/file", page, StringComparison.Ordinal);
        Assert.Contains("Zanzibar", reloaded, StringComparison.Ordinal);
        Assert.Equal(1, (await app.DocumentAsync(document.Id)).TimesOpened);
        using var another = app.Visitor(followRedirects: true);
        using var twice = await another.OpensAsync(token);
        var now = await app.DocumentAsync(document.Id);
        Assert.Equal(2, now.TimesOpened);
        Assert.NotNull(now.OpenedAt);
    }

    [Fact]
    public async Task A_file_is_served_only_to_a_browser_that_opened_this_very_link()
    {
        var (app, _, token) = await SendAsync();
        var (_, _, other) = await SendAsync();
        using var stranger = app.Visitor();
        using var program = new HttpClient { BaseAddress = app.Address };
        using var browser = app.Visitor(followRedirects: true);

        using var sentBack = await stranger.GetAsync($"d/{token}/file", Cancellation);
        using var refused = await program.GetAsync($"d/{token}/file", Cancellation);
        using var opened = await browser.OpensAsync(token);
        using var file = await browser.GetAsync($"d/{token}/file", Cancellation);
        using var saved = await browser.GetAsync($"d/{token}/file?download=true", Cancellation);
        using var forged = new HttpRequestMessage(HttpMethod.Get, $"d/{token}/file");
        forged.Headers.Add("Cookie", "inbox-document=forged");
        using var noGrant = await program.SendAsync(forged, Cancellation);
        using var others = new HttpRequestMessage(HttpMethod.Get, $"d/{other}/file");
        others.Headers.Add("Cookie", await GrantAsync(app, token));
        using var othersGrant = await program.SendAsync(others, Cancellation);

        Assert.Equal(HttpStatusCode.Redirect, sentBack.StatusCode);
        Assert.Equal($"/d/{token}", sentBack.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, noGrant.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, othersGrant.StatusCode);
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal(
            SampleFiles.Pdf("Zanzibar"),
            await file.Content.ReadAsByteArrayAsync(Cancellation)
        );
        Assert.Equal("application/pdf", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal("inline", file.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("attachment", saved.Content.Headers.ContentDisposition!.DispositionType);
        var policy = file.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.StartsWith(
            "sandbox",
            saved.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        foreach (var answer in (HttpResponseMessage[])[file, saved, refused, sentBack])
        {
            AssertPrivate(answer);
        }
    }

    [Fact]
    public async Task The_grant_is_sealed_and_for_scripts_and_other_pages_unseen()
    {
        var (app, _, token) = await SendAsync();
        using var browser = app.Visitor();

        using var opened = await browser.OpensAsync(token);

        Assert.Equal(HttpStatusCode.Redirect, opened.StatusCode);
        var cookie = opened
            .Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("inbox-document=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"path=/d/{token}", cookie, StringComparison.Ordinal);
        Assert.Contains("max-age=1800", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expired_and_withdrawn_say_so_and_tell_nothing_even_to_who_had_opened_it()
    {
        await using var own = new SqliteWalk();
        var (app, expired, expiredToken) = await SendAsync(own, days: 1);
        var (_, withdrawn, withdrawnToken) = await SendAsync(own, days: 30);
        using var browser = app.Visitor(followRedirects: true);
        using var opened = await browser.OpensAsync(expiredToken);
        using var openedToo = await browser.OpensAsync(withdrawnToken);

        app.Clock.Advance(TimeSpan.FromDays(2));
        await app.Get<DocumentDesk>().WithdrawAsync(withdrawn.Id, Scene.Receptionist, Cancellation);

        foreach (
            var (token, says) in ((string, string)[])
                [(expiredToken, "has expired"), (withdrawnToken, "was withdrawn")]
        )
        {
            using var looked = await browser.GetAsync($"d/{token}", Cancellation);
            using var file = await app.Http.GetAsync($"d/{token}/file", Cancellation);
            using var posted = await browser.PostAsync(
                $"d/{token}",
                new FormUrlEncodedContent([new("_handler", "open")]),
                Cancellation
            );
            Assert.Equal(HttpStatusCode.Gone, looked.StatusCode);
            Assert.Equal(HttpStatusCode.Gone, file.StatusCode);
            Assert.Equal(HttpStatusCode.Gone, posted.StatusCode);
            AssertPrivate(looked);
            AssertPrivate(posted);
            foreach (var answer in (HttpResponseMessage[])[looked, posted])
            {
                var page = await answer.Content.ReadAsStringAsync(Cancellation);
                Assert.Contains(says, page, StringComparison.Ordinal);
                Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
                foreach (var secret in Secrets)
                {
                    Assert.DoesNotContain(secret, page, StringComparison.Ordinal);
                }
            }
        }
        Assert.Equal(1, (await app.DocumentAsync(expired.Id)).TimesOpened);

        // Extended, it opens again.
        await app.Get<DocumentDesk>().ExtendAsync(expired.Id, 7, Scene.Receptionist, Cancellation);
        using var back = await browser.GetAsync($"d/{expiredToken}", Cancellation);
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Fact]
    public async Task Unknown_links_lead_to_one_plain_page()
    {
        await using var own = new SqliteWalk();
        await own.StartAsync();
        using var browser = own.App.Visitor();
        foreach (
            var token in (string[])
                [DocumentLink.NewToken(), "nonsense", "%27%20OR%201=1", new string('x', 2_000)]
        )
        {
            using var answer = await browser.GetAsync($"d/{token}", Cancellation);

            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            AssertPrivate(answer);
            var page = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.Contains("There is nothing here", page, StringComparison.Ordinal);
            Assert.DoesNotContain("Our clinic", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Ten_thousand_guesses_find_nothing_are_slowed_down_and_harm_nobody()
    {
        await using var own = new SqliteWalk();
        var (app, document, token) = await SendAsync(own);
        var answers = new System.Collections.Concurrent.ConcurrentDictionary<HttpStatusCode, int>();
        using var guesser = new HttpClient { BaseAddress = app.Address };

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 10_000),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation },
            async (i, stop) =>
            {
                var path = i % 2 == 0 ? "" : "/file";
                using var answer = await guesser.GetAsync(
                    $"d/{DocumentLink.NewToken()}{path}",
                    stop
                );
                answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
                if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
                }
            }
        );

        Assert.Equal(10_000, answers.Values.Sum());
        Assert.Equal(
            [HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests],
            answers.Keys.Order()
        );
        // 30 in each minute that it took, which may be several on a slow machine.
        Assert.InRange(answers[HttpStatusCode.NotFound], 30, 600);
        // A person is told so by a page.
        using var person = app.Visitor();
        var told = await Eventually.GetAsync(
            async () =>
            {
                var answer = await person.GetAsync($"d/{DocumentLink.NewToken()}", Cancellation);
                return answer.StatusCode == HttpStatusCode.TooManyRequests ? answer : null;
            },
            "a person who guesses is slowed down"
        );
        AssertPrivate(told);
        Assert.NotNull(told.Headers.RetryAfter);
        Assert.Contains(
            "Too many tries",
            await told.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal
        );
        // From the same address a right link still opens.
        using var browser = app.Visitor(followRedirects: true);
        for (var i = 0; i < 40; i++)
        {
            using var looked = await browser.GetAsync($"d/{token}", Cancellation);
            Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        }
        using var opened = await browser.OpensAsync(token);
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        Assert.Equal(1, (await app.DocumentAsync(document.Id)).TimesOpened);
    }

    [Fact]
    public async Task Who_does_not_know_the_last_name_opens_nothing_and_ten_tries_lock_it()
    {
        var (app, document, token) = await SendAsync(asksLastName: true);
        using var browser = app.Visitor(followRedirects: true);
        for (var i = 1; i <= SharedDocument.MostWrongNames; i++)
        {
            using var wrong = await browser.OpensAsync(token, i % 2 == 0 ? "" : "Rui");
            var page = await wrong.Content.ReadAsStringAsync(Cancellation);
            var locks = i == SharedDocument.MostWrongNames;
            Assert.Equal(locks ? HttpStatusCode.Gone : HttpStatusCode.OK, wrong.StatusCode);
            Assert.Contains(
                locks ? "This link is locked" : "not the last name",
                page,
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("Zanzibar", page, StringComparison.Ordinal);
        }
        using var right = await browser.GetAsync($"d/{token}", Cancellation);
        Assert.Equal(HttpStatusCode.Gone, right.StatusCode);
        var locked = await app.DocumentAsync(document.Id);
        Assert.Equal(
            (DocumentState.Locked, 0),
            (locked.StateAt(app.Clock.GetUtcNow()), locked.TimesOpened)
        );

        // Staff send it again: the client is asked anew, and accents or case tell nobody apart.
        var again = Assert.IsType<DocumentResult.Sent>(
            await app.Get<DocumentDesk>()
                .SendAgainAsync(document.Id, Scene.Receptionist, Cancellation)
        );
        using var opened = await browser.OpensAsync(Papers.TokenIn(again.Message.Text), " ruíz ");
        Assert.Contains(
            "Zanzibar",
            await opened.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Forging_a_form_needs_the_pages_own_seal()
    {
        var (app, document, token) = await SendAsync();
        using var browser = app.Visitor();

        using var answer = await browser.PostAsync(
            $"d/{token}",
            new FormUrlEncodedContent([new("_handler", "open")]),
            Cancellation
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null((await app.DocumentAsync(document.Id)).OpenedAt);
    }

    [Fact]
    public async Task Only_a_hash_of_the_link_is_kept_and_nothing_of_it_is_logged()
    {
        var log = new RecordingLog();
        string token;
        await using (
            var app = await InboxApp.StartAsync(adjust: builder =>
                builder.Services.AddLogging(logging =>
                    logging
                        .AddProvider(log)
                        .AddFilter<RecordingLog>("", LogLevel.Debug)
                        // As appsettings.json has it: Kestrel and routing at Debug name addresses.
                        .AddFilter<RecordingLog>("Microsoft.AspNetCore", LogLevel.Warning)
                )
            )
        )
        {
            var (client, _) = await ArrangeAsync(app, "+14155550188");
            (var document, token) = await app.SentAsync(
                new DocumentDraft(client.Id, new DocumentContent.Statement())
            );
            using var browser = app.Visitor(followRedirects: true);
            using var opened = await browser.OpensAsync(token);
            using var file = await browser.GetAsync($"d/{token}/file", Cancellation);
            using var miss = await browser.GetAsync($"d/{token}x", Cancellation);
            var metrics = await app.Http.GetStringAsync("metrics", Cancellation);
            Assert.DoesNotContain(token, metrics, StringComparison.Ordinal);
            await using var db = app.Db();
            var link = await db.DocumentLinks.SingleAsync(Cancellation);
            Assert.Equal(
                Convert.ToHexStringLower(
                    System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(token))
                ),
                link.Hash
            );
            Assert.Equal(document.Id, link.DocumentId);
        }

        Assert.Contains(log.Lines, l => l.Text.Contains("DocumentLinks", StringComparison.Ordinal));
        Assert.DoesNotContain(
            log.Lines,
            l => l.Text.Contains(token, StringComparison.OrdinalIgnoreCase)
        );
    }

    private static void AssertPrivate(HttpResponseMessage answer)
    {
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Contains(
            "noindex",
            answer.Headers.GetValues("X-Robots-Tag").Single(),
            StringComparison.Ordinal
        );
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    /// <summary>The cookie of a browser that has opened the link.</summary>
    private static async Task<string> GrantAsync(InboxApp app, string token)
    {
        using var browser = app.Visitor();
        using var opened = await browser.OpensAsync(token);
        return opened
            .Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("inbox-document=", StringComparison.Ordinal))
            .Split(';')[0];
    }

    private Task<(InboxApp App, SharedDocument Document, string Token)> SendAsync(
        bool asksLastName = false
    ) => SendAsync(walk, SharedDocument.UsualDays, asksLastName);

    /// <summary>A PDF called Zanzibar, to Ana Ruiz.</summary>
    private static async Task<(InboxApp App, SharedDocument Document, string Token)> SendAsync(
        Walk at,
        int days = SharedDocument.UsualDays,
        bool asksLastName = false
    )
    {
        var phone = await at.SceneAsync();
        var client = await phone.ClientAsync("Ana", "Ruiz", consents: true);
        var bella = await phone.App.PatientAsync(client, "Bella");
        var file = await phone.App.ChoosesAsync(SampleFiles.Pdf("Zanzibar"));
        var (document, token) = await phone.App.SentAsync(
            new DocumentDraft(client.Id, new DocumentContent.Upload(file))
            {
                Title = "Zanzibar",
                PatientId = bella.Id,
                Days = days,
                AsksLastName = asksLastName,
            }
        );
        return (phone.App, document, token);
    }

    private static async Task<(Client Client, Patient Patient)> ArrangeAsync(
        InboxApp app,
        string number
    )
    {
        var client = Assert
            .IsType<ClientResult.Saved>(
                await app.Get<ClientBook>()
                    .CreateAsync(
                        new ClientDraft
                        {
                            FirstName = "Ana",
                            LastName = "Ruiz",
                            Phones = [new PhoneDraft(number, PhoneType.Mobile)],
                        },
                        Scene.Receptionist,
                        Cancellation
                    )
            )
            .Client;
        await app.Get<Clinic.Inbox.Consent.ConsentBook>()
            .RecordAsync(
                client.Id,
                Clinic.Inbox.Consent.ConsentCategory.Transactional,
                Clinic.Inbox.Consent.ConsentMethod.InPerson,
                "May we text you?",
                app.Clock.GetUtcNow(),
                Scene.Receptionist,
                Cancellation
            );
        return (client, await app.PatientAsync(client, "Bella"));
    }
}
