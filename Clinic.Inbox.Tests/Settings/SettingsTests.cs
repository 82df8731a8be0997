using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Settings;

public sealed class SettingsTests
{
    private static readonly Actor By = new("u1", "Priya Shah");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_time_zone_and_country_are_used_at_once_and_after_a_restart()
    {
        await using var app = await InboxApp.StartAsync();
        var clinic = new ClinicDescription("Lakeside", "America/Chicago", "CA", "(312) 555-0199");

        var problems = await app.Get<ClinicBook>().SaveAsync(clinic, By, Cancellation);

        Assert.Empty(problems);
        Assert.Equal(
            12,
            app.Get<ClinicClock>().Local(new DateTimeOffset(2026, 11, 3, 18, 0, 0, default)).Hour
        );
        Assert.Equal("CA", app.Get<ClinicNumbers>().Region);
        Assert.Equal(clinic, await app.Get<ClinicBook>().ReadAsync(Cancellation));
        await using var db = app.Db();
        var entry = await db.Audit.SingleAsync(Cancellation);
        Assert.Equal(
            ("clinic.changed", "Priya Shah", "name, time zone, country, phone"),
            (entry.Action, entry.ActorName, entry.Detail)
        );
    }

    [Theory]
    [InlineData(" ", "America/Chicago", "US", "", "Name")]
    [InlineData("Two\nlines", "America/Chicago", "US", "", "Name")]
    [InlineData("Lakeside", "America/Nowhere", "US", "", "TimeZone")]
    [InlineData("Lakeside", "America/Chicago", "XX", "", "Region")]
    [InlineData("Lakeside", "America/Chicago", "US", "call us", "Phone")]
    public async Task What_is_wrong_with_the_clinic_is_named_and_nothing_is_saved(
        string name,
        string zone,
        string region,
        string phone,
        string field
    )
    {
        await using var app = await InboxApp.StartAsync();

        var problems = await app.Get<ClinicBook>()
            .SaveAsync(new ClinicDescription(name, zone, region, phone), By, Cancellation);

        Assert.Equal(field, Assert.Single(problems).Field);
        Assert.Equal("Our clinic", (await app.Get<ClinicBook>().ReadAsync(Cancellation)).Name);
        await using var db = app.Db();
        Assert.False(await db.Audit.AnyAsync(Cancellation));
    }

    [Fact]
    public async Task Quarantine_shows_what_came_until_somebody_is_done_with_it()
    {
        await using var app = await InboxApp.StartAsync();
        const string Body = """{"message_type":"<script>alert(1)</script>"}""";
        (await app.PostWebhookAsync("inbound", Body)).Dispose();
        var book = app.Get<QuarantineBook>();
        var (rows, total) = await book.ListAsync(10, Cancellation);
        var row = Assert.Single(rows);
        Assert.Equal(1, total);
        var id = Id<QuarantineEntry>.Parse(row.Id);
        Assert.Equal(Body, await book.BodyAsync(id, Cancellation));

        Assert.True(await book.RemoveAsync(id, By, Cancellation));
        Assert.False(await book.RemoveAsync(id, By, Cancellation));

        Assert.Null(await book.BodyAsync(id, Cancellation));
        await using var db = app.Db();
        var entry = await db.Audit.SingleAsync(Cancellation);
        Assert.Equal(("quarantine.removed", row.Id), (entry.Action, entry.Subject));
    }

    [Fact]
    public async Task The_audit_log_is_paged_newest_first_and_searched()
    {
        await using var app = await InboxApp.StartAsync();
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using (var db = app.Db())
        {
            for (var i = 0; i < 120; i++)
            {
                var at = start.AddMinutes(i);
                db.Audit.Add(
                    new AuditEntry(
                        Id<AuditEntry>.New(at),
                        at,
                        i == 7 ? By : Actor.System,
                        "user.signedIn",
                        $"s{i}",
                        ""
                    )
                );
            }
            await db.SaveChangesAsync(Cancellation);
        }
        var log = app.Get<AuditLog>();

        var first = await log.PageAsync(new AuditSearch(), 1, Cancellation);
        var last = await log.PageAsync(new AuditSearch(), 99, Cancellation);
        var priya = await log.PageAsync(new AuditSearch("PRIYA"), 1, Cancellation);
        var words = await log.PageAsync(new AuditSearch("User signed in"), 1, Cancellation);
        var wild = await log.PageAsync(new AuditSearch("%"), 1, Cancellation);

        Assert.Equal(("s119", 120, 50), (first.Rows[0].Subject, first.Total, first.Rows.Count));
        Assert.True(first is { HasNewer: false, HasOlder: true, First: 1, Last: 50 });
        Assert.Equal(("s0", 3), (last.Rows[^1].Subject, last.Number));
        Assert.True(last is { HasNewer: true, HasOlder: false, First: 101, Last: 120 });
        Assert.Equal("s7", Assert.Single(priya.Rows).Subject);
        Assert.Equal(120, words.Total);
        Assert.Equal(0, wild.Total);
        Assert.Equal("User signed in", AuditLog.Words("user.signedIn"));
    }
}
