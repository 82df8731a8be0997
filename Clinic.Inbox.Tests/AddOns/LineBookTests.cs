using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.AddOns;

public sealed class LineBookTests : IAsyncLifetime
{
    private static readonly Actor Alex = new("alex", "Alex Morgan");
    private static CancellationToken Now => TestContext.Current.CancellationToken;
    private InboxApp _app = null!;

    private LineBook Book => _app.Get<LineBook>();

    public async ValueTask InitializeAsync() => _app = await InboxApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_second_line_is_off_until_it_is_switched_on()
    {
        var added = Assert.IsType<LineResult.Saved>(
            await Book.AddAsync("(312) 555-0177", LineType.LongCode, Alex, Now)
        );
        Assert.Equal(AddOn.Off, added.Line.AddOn);
        Assert.Equal("+13125550177", added.Line.Number.Value);

        var switched = Assert.IsType<LineResult.Saved>(
            await Book.SwitchAsync(added.Line.Id, AddOn.TwoWay, Alex, Now)
        );
        Assert.True(switched.Line.CanConverse);
        await using var db = _app.Db();
        Assert.Equal(
            ["line.added", "line.switchedTwoWay"],
            await db.Audit.OrderBy(a => a.At).Select(a => a.Action).ToListAsync(Now)
        );
    }

    [Fact]
    public async Task At_most_one_add_on_is_on_whoever_switches()
    {
        var second = Assert
            .IsType<LineResult.Saved>(
                await Book.AddAsync("(312) 555-0177", LineType.LongCode, Alex, Now)
            )
            .Line;

        var refused = Assert.IsType<LineResult.Invalid>(
            await Book.SwitchAsync(second.Id, AddOn.OneWay, Alex, Now)
        );
        Assert.Equal("addOn", refused.Field);
        Assert.IsType<LineResult.Saved>(await Book.EnableAsync(second.Id, AddOn.OneWay, Alex, Now));

        Assert.All(await Book.ListAsync(Now), line => Assert.Equal(AddOn.OneWay, line.AddOn));
        await using var db = _app.Db();
        // In one moment, of two lines: neither is before the other.
        Assert.Equal(
            [(AddOn.Off, AddOn.OneWay), (AddOn.TwoWay, AddOn.OneWay)],
            (await db.AddOnSwitches.ToListAsync(Now)).Select(s => (s.From, s.To)).Order()
        );
    }

    [Theory]
    [InlineData("call me", "no letters")]
    [InlineData("", "Enter a mobile number")]
    [InlineData("+1 312 555 0100", "is a line already")]
    [InlineData("312-555-0199", "own number")]
    public async Task A_number_that_cannot_be_a_line_is_refused_with_the_reason(
        string number,
        string reason
    )
    {
        await using (var db = _app.Db())
        {
            var clinic = await db.ClinicProfiles.SingleAsync(Now);
            clinic.Describe("Maple Grove", "America/Chicago", "US", "(312) 555-0199");
            await db.SaveChangesAsync(Now);
        }

        var refused = Assert.IsType<LineResult.Invalid>(
            await Book.AddAsync(number, LineType.LongCode, Alex, Now)
        );

        Assert.Equal("number", refused.Field);
        Assert.Contains(reason, refused.Problem, StringComparison.Ordinal);
        Assert.Single(await Book.ListAsync(Now));
    }

    [Fact]
    public async Task A_paused_line_resumes_and_every_screen_is_told()
    {
        var line = (await Book.ListAsync(Now))[0];
        await using (var db = _app.Db())
        {
            var stored = await db.Lines.SingleAsync(Now);
            stored.Pause("No credit.");
            await db.SaveChangesAsync(Now);
        }
        var told = 0;
        using var subscription = _app.Get<Feed>()
            .Subscribe(change => told += change is InboxEvent.LineChanged ? 1 : 0);

        var resumed = Assert.IsType<LineResult.Saved>(await Book.ResumeAsync(line.Id, Alex, Now));

        Assert.Null(resumed.Line.PausedReason);
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task A_pace_that_the_carrier_would_refuse_is_refused_here()
    {
        var line = (await Book.ListAsync(Now))[0];

        var refused = Assert.IsType<LineResult.Invalid>(
            await Book.ConfigureAsync(line.Id, 31, carrierConfirms: false, Alex, Now)
        );

        Assert.Equal("pace", refused.Field);
        Assert.Equal(10, (await Book.ListAsync(Now))[0].MessagesPerSecond);
    }
}
