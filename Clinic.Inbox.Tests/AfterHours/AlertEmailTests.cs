using System.Globalization;
using System.Net;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using NodaTime;

namespace Clinic.Inbox.Tests.AfterHours;

/// <summary>The email that a text came in while the clinic is closed. Here it is never open.</summary>
public sealed class AlertEmailTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_names_who_and_a_link_and_quotes_the_text_only_when_chosen(bool quotes)
    {
        await using var app = await InboxApp.StartAsync();
        using var priya = await app.UserAsync();
        using var other = await app.UserAsync();
        await CloseAsync(app, quotes, priya.User.Id);

        for (var i = 0; i < 3; i++)
        {
            using var taken = await app.ReceiveAsync("14155550134", $"Bella ate a sock {i}");
        }

        var email = await MimeMessage.LoadAsync(
            await Eventually.GetAsync(
                () => Task.FromResult(EmailsIn(app).FirstOrDefault()),
                "an email lies in the folder"
            ),
            Cancellation
        );
        Assert.Equal(priya.User.Email, email.To.Mailboxes.Single().Address);
        Assert.Contains("+14155550134", email.Subject, StringComparison.Ordinal);
        await using var db = app.Db();
        var conversation = await db.Conversations.SingleAsync(Cancellation);
        Assert.Contains(
            $"{app.Address}schedule/inbox/{conversation.Id}",
            email.TextBody,
            StringComparison.Ordinal
        );
        Assert.Equal(quotes, email.TextBody!.Contains("sock 0", StringComparison.Ordinal));
        Assert.DoesNotContain("sock", email.Subject, StringComparison.Ordinal);
        Assert.Equal(1, await db.OutgoingEmails.CountAsync(Cancellation));
    }

    [Fact]
    public async Task While_the_mail_server_is_away_the_email_waits_and_nothing_is_lost()
    {
        var port = AppProcess.FreePort();
        await using var app = await InboxApp.StartAsync(
            settings:
            [
                ("Email:Host", "127.0.0.1"),
                ("Email:Port", port.ToString(CultureInfo.InvariantCulture)),
                ("Logging:LogLevel:Clinic.Inbox.AfterHours", "Critical"),
            ]
        );
        using var priya = await app.UserAsync();
        await CloseAsync(app, quotes: false, priya.User.Id);
        using var taken = await app.ReceiveAsync("14155550134", "Bella ate a sock");
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        var waiting = await Eventually.GetAsync(
            () => OneAsync(app, e => e.Attempts > 0),
            "an attempt fails"
        );
        Assert.NotNull(waiting.DueAt);
        Assert.Null(waiting.SentAt);
        Assert.NotEqual("", waiting.Error);

        using var server = new SmallSmtpServer(port);
        app.Clock.Advance(TimeSpan.FromMinutes(5));

        var received = await server.ReceivedAsync();
        Assert.Contains(priya.User.Email!, received, StringComparison.Ordinal);
        Assert.Contains("texted while the clinic is closed", received, StringComparison.Ordinal);
        var sent = await Eventually.GetAsync(
            () => OneAsync(app, e => e.SentAt is not null),
            "it is known as sent"
        );
        Assert.Null(sent.DueAt);
        Assert.Empty(EmailsIn(app));
    }

    [Fact]
    public async Task Whoever_was_deactivated_gets_none_and_cannot_be_chosen()
    {
        await using var app = await InboxApp.StartAsync();
        using var priya = await app.UserAsync();
        await CloseAsync(app, quotes: false, priya.User.Id);
        await using (var db = app.Db())
        {
            var user = await db.Users.SingleAsync(u => u.Id == priya.User.Id, Cancellation);
            user.Deactivate();
            await db.SaveChangesAsync(Cancellation);
        }

        using var taken = await app.ReceiveAsync("14155550134", "Bella ate a sock");

        await using var after = app.Db();
        Assert.False(await after.OutgoingEmails.AnyAsync(Cancellation));
        var book = app.Get<AfterHoursBook>();
        // Known from before: dropped without a word. New: refused by name.
        Assert.Null(await SaveAsync(book, [priya.User.Id]));
        Assert.Empty((await book.ReadAsync(Cancellation)).AlertUserIds);
        Assert.Equal(priya.User.Id, await SaveAsync(book, [priya.User.Id]));
    }

    private static Task<string?> SaveAsync(AfterHoursBook book, IReadOnlyList<string> users) =>
        book.SaveAsync(
            AfterHoursSettings.Default with
            {
                AlertUserIds = users,
            },
            Scene.Receptionist,
            Cancellation
        );

    private static async Task CloseAsync(InboxApp app, bool quotes, params string[] users)
    {
        await app.Get<HoursBook>()
            .SaveWeekAsync(
                new WeeklyHours(new Dictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>>()),
                Scene.Receptionist,
                Cancellation
            );
        Assert.Null(
            await app.Get<AfterHoursBook>()
                .SaveAsync(
                    new AfterHoursSettings(AutoResponse: false, users, quotes),
                    Scene.Receptionist,
                    Cancellation
                )
        );
    }

    private static string[] EmailsIn(InboxApp app) =>
        Directory.Exists(app.Mail) ? Directory.GetFiles(app.Mail, "*.eml") : [];

    private static async Task<OutgoingEmail?> OneAsync(
        InboxApp app,
        Func<OutgoingEmail, bool> wanted
    )
    {
        await using var db = app.Db();
        var email = await db.OutgoingEmails.AsNoTracking().SingleAsync(Cancellation);
        return wanted(email) ? email : null;
    }
}
