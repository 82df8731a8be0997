using System.Globalization;
using System.Net;
using System.Text;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.AddOns;

/// <summary>Metering and closing on each database, each test in a clinic of its own: the clock moves over months.</summary>
public sealed class StatementTests
{
    private static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["America/Chicago"];
    private static readonly Actor Priya = new("priya", "Priya Shah");
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Kinds => [.. Enum.GetValues<DatabaseKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_two_way_month_costs_its_flat_fee_and_counts_by_kind(DatabaseKind kind)
    {
        await using var walk = Walk.On(kind);
        var phone = await OpenAsync(walk);
        await phone.HearsAsync("Is Bella ready?");
        var answer = await phone.AnswersAsync("She is. " + new string('x', 200));
        await phone.UntilAsync(answer, MessageState.Sent);
        var sent = await phone.MessageAsync(answer);
        await phone.ReceiptAsync(sent.CarrierId!, "delivered", answer.ToString());

        var report = await ReportAsync(walk);

        Assert.Equal((99.00m, 99.00m, 0m), (report.Fee, report.TwoWayFee, report.OneWayFee));
        Assert.False(report.IsClosed);
        Assert.Equal(2, report.Messages);
        var ours = Assert.Single(report.Lines, l => l.Direction == MessageDirection.Outbound);
        Assert.Equal(
            (MessageKind.Conversation, 1, sent.Segments, 0.0333m, "EUR", 1),
            (ours.Kind, ours.Messages, ours.Segments, ours.Cost, ours.CostCurrency, ours.Priced)
        );
        Assert.Null(report.Lines.Single(l => l.Direction == MessageDirection.Inbound).Cost);
        Assert.Equal(new CarrierCost(0.0333m, "EUR"), Assert.Single(report.Costs));
        Assert.Equal(1, report.Unpriced);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_the_carrier_charges_for_a_text_that_came_in_is_counted(DatabaseKind kind)
    {
        await using var walk = Walk.On(kind);
        var phone = await OpenAsync(walk);
        using var answer = await walk.App.PostWebhookAsync(
            "inbound",
            $$$"""
            {"channel":"sms","message_uuid":"{{{Guid.NewGuid()}}}","to":"{{{phone.Line.Number.Digits}}}","from":"{{{phone.Number.Digits}}}",
             "timestamp":"{{{phone.Now:O}}}","message_type":"text","text":"Is Bella ready?","sms":{"num_messages":"1"},
             "usage":{"currency":"EUR","price":"0.0057"}}
            """
        );

        var line = Assert.Single((await ReportAsync(walk)).Lines);

        Assert.Equal(
            (MessageDirection.Inbound, 0.0057m, "EUR"),
            (line.Direction, line.Cost, line.CostCurrency)
        );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task One_way_costs_five_cents_for_each_message_that_left_while_it_was_on(
        DatabaseKind kind
    )
    {
        await using var walk = Walk.On(kind);
        var phone = await OpenAsync(walk);
        await phone.ClientAsync("Ana", "Ruiz", consents: true);
        await SentAsync(phone, "While two-way was on");
        await SwitchAsync(walk, AddOn.OneWay);
        await SentAsync(phone, "While one-way was on " + new string('x', 300));
        await SentAsync(phone, "While one-way was on, too");
        await SwitchAsync(walk, AddOn.Off);

        var report = await ReportAsync(walk);

        Assert.Equal(2, report.OneWayMessages);
        Assert.Equal(99.10m, report.Fee);
        Assert.Equal(3, report.Messages);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deleting_a_conversation_changes_no_bill(DatabaseKind kind)
    {
        await using var walk = Walk.On(kind);
        var phone = await OpenAsync(walk);
        await phone.ClientAsync("Ana", "Ruiz", consents: true);
        await SwitchAsync(walk, AddOn.OneWay);
        await SentAsync(phone, "We expect Bella tomorrow.");
        // The reply takes the reminder into its conversation.
        var row = await phone.HearsAsync("HELP");
        await phone.UntilQuietAsync();
        var before = await ReportAsync(walk);
        Assert.Equal(3, before.Messages);

        await walk.App.Get<DeletingConversations>().DeleteAsync(row.Id, Priya, Cancellation);

        await using var db = walk.App.Db();
        Assert.False(await db.Messages.AnyAsync(Cancellation));
        Assert.Equivalent(before, await ReportAsync(walk), strict: true);
        await ToNextMonthAsync(walk);
        var closed = await ClosedAsync(walk, before.Month);
        Assert.Equal((before.Messages, before.Fee), (closed.Messages, closed.Fee));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_month_closes_once_however_many_try_and_never_changes(DatabaseKind kind)
    {
        await using var walk = Walk.On(kind);
        var phone = await OpenAsync(walk);
        await phone.HearsAsync("Is Bella ready?");
        var month = (await ReportAsync(walk)).Month;
        await ToNextMonthAsync(walk);
        var statements = walk.App.Get<Statements>();

        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => statements.CloseDueAsync(Cancellation))
        );

        await using (var db = walk.App.Db())
        {
            var statement = await db
                .Statements.Include(s => s.Lines)
                .SingleAsync(s => s.Month == month, Cancellation);
            Assert.Equal(
                (1, 99.00m, "USD", "America/Chicago"),
                (statement.Messages, statement.Fee, statement.Currency, statement.TimeZone)
            );
            await db.Messages.ExecuteDeleteAsync(Cancellation);
        }
        using var api = await walk.App.ApiClientAsync("read");
        var usage = await api.GetAsync($"usage?month={month}");
        Assert.True(usage.GetProperty("closed").GetBoolean());
        Assert.Equal(1, usage.GetProperty("messages").GetInt32());
        Assert.Equal(99.00m, usage.GetProperty("fee").GetDecimal());
        Assert.Equal("USD", usage.GetProperty("currency").GetString());
        Assert.Equal(
            "inbound",
            usage.GetProperty("counts")[0].GetProperty("direction").GetString()
        );
    }

    [Fact]
    public async Task A_text_written_in_one_month_and_sent_in_the_next_counts_when_it_left()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var phone = await OpenAsync(walk);
        await phone.ClientAsync("Ana", "Ruiz", consents: true);
        await phone.PausesAsync();
        var late = await phone.RemindsAsync("We expect Bella tomorrow.");
        var month = (await ReportAsync(walk)).Month;
        await ToNextMonthAsync(walk);
        await phone.ResumesAsync();
        await phone.UntilAsync(late, MessageState.Sent);

        Assert.Equal(0, (await ClosedAsync(walk, month)).Messages);
        Assert.Equal(1, (await ReportAsync(walk)).Messages);
    }

    [Fact]
    public async Task Months_that_were_missed_are_closed_oldest_first_without_a_gap()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        await OpenAsync(walk);
        await walk.StopAsync();
        await walk.StartAsync();

        walk.App.Clock.Advance(TimeSpan.FromDays(100));

        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = walk.App.Db();
                return await db.Statements.CountAsync(Cancellation) >= 3;
            },
            "three months are closed"
        );
        await using var look = walk.App.Db();
        var closed = await look.Statements.OrderBy(s => s.ClosedAt).ToListAsync(Cancellation);
        Assert.Equal(
            closed.Select(s => s.Month).Order(StringComparer.Ordinal),
            closed.Select(s => s.Month)
        );
        Assert.All(
            closed.Zip(closed.Skip(1)),
            pair => Assert.Equal(pair.First.To, pair.Second.From)
        );
        // Local midnight of the first, whatever the clock change between.
        Assert.All(
            closed,
            s =>
                Assert.Equal(
                    (1, LocalTime.Midnight),
                    (
                        Instant.FromDateTimeOffset(s.To).InZone(Zone).Day,
                        Instant.FromDateTimeOffset(s.To).InZone(Zone).TimeOfDay
                    )
                )
        );
    }

    [Fact]
    public async Task A_month_in_which_nothing_was_on_costs_nothing()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        await OpenAsync(walk);
        await SwitchAsync(walk, AddOn.Off);
        var first = await ReportAsync(walk);
        await ToNextMonthAsync(walk);

        Assert.Equal(99.00m, first.Fee);
        Assert.Equal(0m, (await ReportAsync(walk)).Fee);
    }

    [Fact]
    public async Task A_statement_is_downloaded_by_managers_only_and_runs_no_formula()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var phone = await OpenAsync(walk);
        await phone.HearsAsync("Is Bella ready?");
        await using (var db = walk.App.Db())
        {
            db.ClinicProfiles.Single().Describe("=HYPERLINK(\"x\")", Zone.Id, "US", "");
            await db.SaveChangesAsync(Cancellation);
        }
        var month = (await ReportAsync(walk)).Month;
        await ToNextMonthAsync(walk);
        await ClosedAsync(walk, month);
        using var manager = await walk.App.UserAsync(Roles.PracticeManager);
        using var desk = await walk.App.UserAsync(Roles.FrontDesk);

        var csv = await manager.Http.GetStringAsync(
            $"settings/statements/{month}.csv",
            Cancellation
        );
        var pdf = await manager.Http.GetByteArrayAsync(
            $"settings/statements/{month}.pdf",
            Cancellation
        );
        using var refused = await desk.Http.GetAsync(
            $"settings/statements/{month}.pdf",
            Cancellation
        );
        using var open = await manager.Http.GetAsync(
            "settings/statements/2001-01.pdf",
            Cancellation
        );

        var lines = csv.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("Clinic,Month,Direction,Kind", lines[0]);
        Assert.All(lines[1..], line => Assert.StartsWith("\"'=HYPERLINK", line));
        Assert.Contains(
            lines,
            line => line.Contains("Received,Conversations,1,1,0.00", StringComparison.Ordinal)
        );
        Assert.Contains(lines, line => line.Contains(",Total,1,1,99.00", StringComparison.Ordinal));
        Assert.StartsWith("%PDF-", Encoding.ASCII.GetString(pdf));
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, open.StatusCode);
    }

    private static async Task<Scene> OpenAsync(Walk walk)
    {
        await walk.StartAsync();
        await using (var db = walk.App.Db())
        {
            db.ClinicProfiles.Single().Describe("Maple Grove", Zone.Id, "US", "(312) 555-0142");
            await db.SaveChangesAsync(Cancellation);
        }
        // Well inside a month, so that nothing of the test falls into the next.
        var month = UsageMonth.At(walk.App.Clock.GetUtcNow(), Zone);
        var left = month.To - walk.App.Clock.GetUtcNow();
        if (left < TimeSpan.FromDays(2))
        {
            walk.App.Clock.Advance(left + TimeSpan.FromDays(1));
        }
        await using (var db = walk.App.Db())
        {
            return new Scene(walk, await db.Lines.SingleAsync(Cancellation), Walk.NewNumber());
        }
    }

    private static async Task SentAsync(Scene phone, string text) =>
        await phone.UntilAsync(await phone.RemindsAsync(text), MessageState.Sent);

    private static async Task SwitchAsync(Walk walk, AddOn addOn) =>
        Assert.True(await walk.App.Get<LineBook>().SwitchAllAsync(addOn, Priya, Cancellation));

    private static Task<UsageReport> ReportAsync(Walk walk) =>
        walk.App.Get<Statements>().ReportAsync(month: null, Cancellation);

    private static async Task ToNextMonthAsync(Walk walk)
    {
        var now = walk.App.Clock.GetUtcNow();
        walk.App.Clock.Advance(
            UsageMonth.At(now, Zone).To - now + Statements.ClosedAfter + TimeSpan.FromMinutes(1)
        );
        await walk.App.Get<Statements>().CloseDueAsync(Cancellation);
    }

    private static async Task<UsageReport> ClosedAsync(Walk walk, string month)
    {
        Assert.True(UsageMonth.TryParse(month, out var wanted));
        var report = await walk.App.Get<Statements>().FindAsync(wanted, Cancellation);
        Assert.NotNull(report);
        return report;
    }
}
