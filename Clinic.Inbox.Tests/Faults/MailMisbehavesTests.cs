using System.Globalization;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Tests.Fixtures;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>The mail server says nothing, or somebody between has taken its offer of TLS away.</summary>
public sealed class MailMisbehavesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_lets_in_and_says_nothing_holds_other_mail_up_for_seconds_only()
    {
        await using var mail = new CountingSmtpServer { Silent = 1 };
        await using var walk = new FaultWalk(DatabaseKind.Sqlite, Settings(mail));
        await walk.StartAsync();
        var first = await walk.MailAsync("First", walk.App.Clock.GetUtcNow());

        // Well within what a client of mail waits by itself.
        await walk.MailedAsync("Second", walk.App.Clock.GetUtcNow());

        await using (var db = walk.Look())
        {
            var waiting = await db.OutgoingEmails.SingleAsync(e => e.Id == first, Cancellation);
            Assert.Null(waiting.SentAt);
            Assert.NotEqual("", waiting.Error);
            Assert.True(waiting.DueAt > waiting.CreatedAt);
        }
        walk.App.Clock.Advance(TimeSpan.FromMinutes(5));
        await walk.UntilMailedAsync(first);
        Assert.Equal(2, mail.Taken);
    }

    [Fact]
    public async Task A_server_that_offers_no_TLS_where_it_is_asked_for_is_told_no_password()
    {
        await using var mail = new CountingSmtpServer();
        await using var walk = new FaultWalk(
            DatabaseKind.Sqlite,
            [
                .. Settings(mail),
                ("Email:User", "inbox@clinic.test"),
                ("Email:Password", "correct horse"),
                // As for any server that is not on this machine.
                ("Email:RequireTls", "true"),
            ]
        );
        await walk.StartAsync();

        var id = await walk.MailAsync("A text came", walk.App.Clock.GetUtcNow());

        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = walk.Look();
                return await db.OutgoingEmails.AnyAsync(
                    e => e.Id == id && e.Error != "",
                    Cancellation
                );
            },
            "it is tried"
        );
        Assert.Contains(
            mail.Heard,
            said => said.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase)
        );
        Assert.DoesNotContain(
            mail.Heard,
            said => said.StartsWith("AUTH", StringComparison.OrdinalIgnoreCase)
        );
        Assert.Equal(0, mail.Taken);
    }

    [Theory]
    [InlineData("smtp.clinic.test", 587, "inbox", SecureSocketOptions.StartTls)]
    [InlineData("smtp.clinic.test", 465, "inbox", SecureSocketOptions.SslOnConnect)]
    [InlineData("192.0.2.1", 25, "inbox", SecureSocketOptions.StartTls)]
    [InlineData("smtp.clinic.test", 25, "", SecureSocketOptions.Auto)]
    [InlineData("localhost", 25, "inbox", SecureSocketOptions.Auto)]
    [InlineData("127.0.0.1", 25, "inbox", SecureSocketOptions.Auto)]
    [InlineData("::1", 25, "inbox", SecureSocketOptions.Auto)]
    [InlineData("smtp.clinic.test", 25, "inbox", SecureSocketOptions.Auto, false)]
    [InlineData("127.0.0.1", 25, "", SecureSocketOptions.StartTls, true)]
    public void A_password_leaves_this_machine_only_within_TLS(
        string host,
        int port,
        string user,
        SecureSocketOptions security,
        bool? required = null
    ) =>
        Assert.Equal(
            security,
            new EmailOptions
            {
                Host = host,
                Port = port,
                User = user,
                RequireTls = required,
            }.Security
        );

    private static (string, string)[] Settings(CountingSmtpServer mail) =>
        [
            ("Email:Host", "127.0.0.1"),
            ("Email:Port", mail.Port.ToString(CultureInfo.InvariantCulture)),
        ];
}
