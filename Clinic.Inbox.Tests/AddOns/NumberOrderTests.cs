using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Tests.AddOns;

/// <summary>Numbers from search to line, by real HTTP to a carrier in another app, whatever goes wrong between.</summary>
public sealed class NumberOrderTests : IAsyncLifetime
{
    private static readonly Actor Priya = new("priya", "Priya Shah");
    private static CancellationToken Now => TestContext.Current.CancellationToken;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("numbers");
    private NumbersCarrier _carrier = null!;
    private InboxApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _carrier = await NumbersCarrier.StartAsync();
        _app = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _carrier.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Numbers_of_an_area_code_are_offered_with_their_rent()
    {
        var answer = await _app.Get<AddOnDesk>().SearchAsync("US", "773", Now);

        Assert.Null(answer.Problem);
        Assert.Equal(AddOnDesk.MostNumbers, answer.Value.Count);
        Assert.All(
            answer.Value,
            number =>
            {
                Assert.StartsWith("1773", number.Number);
                Assert.Equal((0.90m, true), (number.MonthlyCost, number.Pictures));
            }
        );
    }

    [Theory]
    [InlineData("US", "77")]
    [InlineData("US", "77a")]
    public async Task What_is_no_area_code_is_said_before_anybody_is_asked(
        string country,
        string area
    )
    {
        var answer = await _app.Get<AddOnDesk>().SearchAsync(country, area, Now);

        Assert.Contains("three digits", answer.Problem);
    }

    [Fact]
    public async Task An_area_code_without_numbers_gives_none()
    {
        var answer = await _app.Get<AddOnDesk>().SearchAsync("CA", "312", Now);

        Assert.Null(answer.Problem);
        Assert.Empty(answer.Value);
    }

    [Fact]
    public async Task A_rented_number_is_linked_and_becomes_the_line_of_the_add_on()
    {
        var offered = await OfferedAsync();

        var done = Assert.IsType<OrderResult.Done>(await RentAsync(offered));

        Assert.Equal("+" + offered.Number, done.Line.Number.Value);
        Assert.Equal(AddOn.TwoWay, done.Line.AddOn);
        Assert.Equal(1, _carrier.Purchases);
        Assert.Equal(ApplicationId, await _carrier.LinkOfAsync(offered.Number));
        await using var db = _app.Db();
        Assert.Equal(NumberOrderState.Done, (await db.NumberOrders.SingleAsync(Now)).State);
        var change = await db.AddOnSwitches.SingleAsync(Now);
        Assert.Equal(
            (done.Line.Id, AddOn.Off, AddOn.TwoWay),
            (change.LineId, change.From, change.To)
        );
        Assert.Equal(
            ["number.ordered", "number.bought", "line.added"],
            await db.Audit.OrderBy(a => a.At).Select(a => a.Action).ToListAsync(Now)
        );
    }

    [Theory]
    [InlineData(420, "taken already")]
    [InlineData(401, "does not accept the API key")]
    [InlineData(429, "asked too often")]
    public async Task A_refusal_is_said_in_plain_words_and_buys_nothing(int status, string says)
    {
        await _carrier.FailAsync(new { api = "numbers", status });

        var refused = Assert.IsType<OrderResult.Refused>(await RentAsync(await OfferedAsync()));

        Assert.Contains(says, refused.Problem, StringComparison.Ordinal);
        Assert.Equal(0, _carrier.Purchases);
        await using var db = _app.Db();
        Assert.Empty(await _app.Get<LineBook>().ListAsync(Now));
        Assert.Null((await db.NumberOrders.SingleAsync(Now)).NextAttemptAt);
    }

    [Fact]
    public async Task A_purchase_without_an_answer_is_looked_up_and_never_made_again()
    {
        await _carrier.FailAsync(new { api = "numbers", dropAfterAccept = true });
        var offered = await OfferedAsync();

        Assert.IsType<OrderResult.Done>(await RentAsync(offered));

        Assert.Equal(1, _carrier.Purchases);
        Assert.Equal(ApplicationId, await _carrier.LinkOfAsync(offered.Number));
    }

    [Fact]
    public async Task A_purchase_that_never_arrived_ends_as_not_bought()
    {
        await _carrier.FailAsync(new { api = "numbers", status = 503 });
        var offered = await OfferedAsync();

        Assert.IsType<OrderResult.Unfinished>(await RentAsync(offered));
        // While nobody knows, it can't be ordered once more.
        Assert.IsType<OrderResult.Refused>(await RentAsync(offered));
        await AdvanceUntilAsync(NumberOrderState.Refused);

        Assert.Equal(0, _carrier.Purchases);
        Assert.IsType<OrderResult.Done>(await RentAsync(offered));
        Assert.Equal(1, _carrier.Purchases);
    }

    [Fact]
    public async Task A_number_that_could_not_be_linked_is_linked_later_by_itself()
    {
        var offered = await OfferedAsync();
        // The purchase is slow, the link fails twice.
        await _carrier.FailAsync(new { api = "numbers", delayMs = 1 });
        await _carrier.FailAsync(
            new
            {
                api = "numbers",
                status = 500,
                count = 2,
            }
        );

        var waiting = Assert.IsType<OrderResult.Unfinished>(await RentAsync(offered));
        Assert.Contains("could not be linked", waiting.Problem, StringComparison.Ordinal);
        await AdvanceUntilAsync(NumberOrderState.Done);

        Assert.Equal(1, _carrier.Purchases);
        Assert.Equal(AddOn.TwoWay, (await _app.Get<LineBook>().ListAsync(Now)).Single().AddOn);
    }

    [Fact]
    public async Task A_purchase_that_a_crash_cut_off_is_finished_once()
    {
        var offered = await OfferedAsync();
        // The carrier sells, and answers only when nobody is there any more.
        await _carrier.FailAsync(new { api = "numbers", delayMs = 60_000 });
        var cutOff = RentAsync(offered);
        await Eventually.IsTrueAsync(
            () => Task.FromResult(_carrier.Purchases == 1),
            "the carrier sells the number"
        );

        await _app.DisposeAsync();
        _app = await StartAsync();
        await using (var db = _app.Db())
        {
            Assert.Equal(NumberOrderState.Buying, (await db.NumberOrders.SingleAsync(Now)).State);
            Assert.Empty(await _app.Get<LineBook>().ListAsync(Now));
        }
        await AdvanceUntilAsync(NumberOrderState.Done);

        Assert.Equal(1, _carrier.Purchases);
        Assert.Equal(ApplicationId, await _carrier.LinkOfAsync(offered.Number));
        var line = Assert.Single(await _app.Get<LineBook>().ListAsync(Now));
        Assert.Equal(("+" + offered.Number, AddOn.TwoWay), (line.Number.Value, line.AddOn));
        // Whoever was cut off wrote nothing more.
        await Assert.ThrowsAnyAsync<Exception>(() => cutOff);
    }

    [Fact]
    public async Task A_number_is_given_back_and_can_be_rented_again()
    {
        var offered = await OfferedAsync();
        var line = Assert.IsType<OrderResult.Done>(await RentAsync(offered)).Line;
        var desk = _app.Get<AddOnDesk>();
        Assert.Contains("off", await desk.ReleaseAsync(line.Id, Priya, Now));

        await desk.DisableAsync(Priya, Now);
        Assert.Null(await desk.ReleaseAsync(line.Id, Priya, Now));

        Assert.False(await _carrier.IsRentedAsync(offered.Number));
        Assert.Empty(await _app.Get<LineBook>().ListAsync(Now));
        var again = Assert.IsType<OrderResult.Done>(await RentAsync(offered)).Line;
        Assert.Equal((line.Id, AddOn.TwoWay), (again.Id, again.AddOn));
    }

    [Fact]
    public async Task The_clinics_own_number_is_refused()
    {
        var offered = await OfferedAsync();
        await using (var db = _app.Db())
        {
            var clinic = await db.ClinicProfiles.SingleAsync(Now);
            clinic.Describe("Maple Grove", "America/Chicago", "US", "+" + offered.Number);
            await db.SaveChangesAsync(Now);
        }

        var refused = Assert.IsType<OrderResult.Refused>(await RentAsync(offered));

        Assert.Contains("own number", refused.Problem, StringComparison.Ordinal);
        Assert.Equal(0, _carrier.Purchases);
    }

    [Fact]
    public async Task Wrong_credentials_and_missing_ones_say_what_to_do()
    {
        await using var wrong = await InboxApp.StartAsync(
            settings: [.. _carrier.Settings, ("Vonage:ApiSecret", "wrong")]
        );
        await using var none = await ProductionTests.StartAsync();

        var answer = await wrong.Get<AddOnDesk>().SearchAsync("US", "", Now);
        Assert.Contains("Vonage:ApiSecret", answer.Problem);
        Assert.Contains("Settings, Lines", none.Get<AddOnDesk>().Missing);
    }

    private string? ApplicationId =>
        _app.Get<IOptionsMonitor<VonageOptions>>().CurrentValue.ApplicationId;

    private async Task<InboxApp> StartAsync()
    {
        var app = await InboxApp.StartAsync(
            settings:
            [
                .. _carrier.Settings,
                ("Vonage:ApplicationId", "11111111-2222-3333-4444-555555555555"),
                (
                    "ConnectionStrings:Inbox",
                    $"Data Source={Path.Combine(_folder.FullName, "inbox.db")}"
                ),
            ]
        );
        await using var db = app.Db();
        // The fixture's own line: here the clinic has none yet.
        await db
            .Lines.Where(l => l.Number == PhoneNumber.FromStored("+" + InboxApp.Line))
            .ExecuteUpdateAsync(
                l =>
                    l.SetProperty(x => x.ReleasedAt, app.Clock.GetUtcNow())
                        .SetProperty(x => x.AddOn, AddOn.Off),
                Now
            );
        return app;
    }

    private async Task<OfferedNumber> OfferedAsync() =>
        (await _app.Get<AddOnDesk>().SearchAsync("US", "312", Now)).Value[3];

    private Task<OrderResult> RentAsync(OfferedNumber offered) =>
        _app.Get<NumberOrders>().PlaceAsync(offered, AddOn.TwoWay, Priya, Now);

    private Task AdvanceUntilAsync(NumberOrderState state) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                _app.Clock.Advance(TimeSpan.FromMinutes(2));
                await using var db = _app.Db();
                return await db.NumberOrders.AnyAsync(o => o.State == state, Now);
            },
            $"an order becomes {state}"
        );
}
