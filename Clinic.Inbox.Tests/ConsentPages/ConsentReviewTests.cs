using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.ConsentPages;

public sealed class ConsentReviewOnSqliteTests() : ConsentReviewTests(DatabaseKind.Sqlite);

public sealed class ConsentReviewOnPostgresTests() : ConsentReviewTests(DatabaseKind.Postgres);

/// <summary>Old consents come up, are asked about, and nothing of the book is overwritten.</summary>
public abstract class ConsentReviewTests(DatabaseKind kind) : IAsyncLifetime
{
    private readonly Walk _walk = Walk.On(kind);
    private Scene _phone = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ConsentReview Review => _phone.App.Get<ConsentReview>();

    public async ValueTask InitializeAsync() => _phone = await _walk.SceneAsync();

    public ValueTask DisposeAsync() => _walk.DisposeAsync();

    [Fact]
    public async Task What_holds_and_is_old_comes_up_the_oldest_first()
    {
        var ana = await ClientAsync("Ana", months: 30);
        var ben = await ClientAsync("Ben", months: 40);
        await ClientAsync("Cleo", months: 23);
        var dan = await ClientAsync("Dan", months: 50);
        await WriteAsync(dan, ConsentAction.Withdrawn, 10);
        var eve = await ClientAsync("Eve", months: 50);
        await WriteAsync(eve, ConsentAction.Granted, 1);
        await WriteAsync(eve, ConsentAction.Granted, 26, ConsentCategory.Marketing);

        var (rows, count) = await Review.DueAsync(10, Cancellation);

        Assert.Equal(
            [
                (ben.Id, ConsentCategory.Transactional),
                (ana.Id, ConsentCategory.Transactional),
                (eve.Id, ConsentCategory.Marketing),
            ],
            rows.Select(r => (r.ClientId, r.Category))
        );
        Assert.Equal(3, count);
        Assert.Equal(("Ben Cole", ConsentMethod.Phone), (rows[0].Client, rows[0].Method));
        var (first, all) = await Review.DueAsync(1, Cancellation);
        Assert.Equal((ben.Id, 3), (Assert.Single(first).ClientId, all));
    }

    [Fact]
    public async Task The_age_is_the_clinics_choice()
    {
        await ClientAsync("Ana", months: 13);
        Assert.Equal(0, await Review.CountAsync(Cancellation));

        await _phone
            .App.Get<ConsentSettingsBook>()
            .SaveAsync(new ConsentSettings(ReviewMonths: 12), Scene.Receptionist, Cancellation);

        Assert.Equal(1, await Review.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Still_consents_is_a_new_consent_to_the_words_of_today()
    {
        var ana = await ClientAsync("Ana", months: 30);
        await _phone
            .App.Get<ConsentSettingsBook>()
            .SaveAsync(
                new ConsentSettings(TransactionalTerms: "May we? Reply STOP to stop."),
                Scene.Receptionist,
                Cancellation
            );

        Assert.IsType<ConsentResult.Recorded>(
            await Review.StillAsync(
                ana.Id,
                ConsentCategory.Transactional,
                ConsentMethod.Phone,
                Scene.Receptionist,
                Cancellation
            )
        );

        Assert.Equal(0, await Review.CountAsync(Cancellation));
        var history = await HistoryAsync(ana);
        Assert.Equal(
            ["May we? Reply STOP to stop.", "Words of then"],
            history.Select(c => c.Terms)
        );
        Assert.All(history, c => Assert.Equal(ConsentAction.Granted, c.Action));
    }

    [Fact]
    public async Task Withdrawn_withdraws_and_the_old_one_stays_in_the_history()
    {
        var ana = await ClientAsync("Ana", months: 30);

        await Review.WithdrawnAsync(
            ana.Id,
            ConsentCategory.Transactional,
            Scene.Receptionist,
            Cancellation
        );

        Assert.Equal(0, await Review.CountAsync(Cancellation));
        Assert.Equal(
            [ConsentAction.Withdrawn, ConsentAction.Granted],
            (await HistoryAsync(ana)).Select(c => c.Action)
        );
    }

    [Fact]
    public async Task Ask_later_puts_it_off_for_three_months_and_changes_nothing()
    {
        var ana = await ClientAsync("Ana", months: 30);
        var (rows, _) = await Review.DueAsync(10, Cancellation);

        await Review.LaterAsync(rows[0].Id, Scene.Receptionist, Cancellation);

        Assert.Equal(0, await Review.CountAsync(Cancellation));
        Assert.Single(await HistoryAsync(ana));
        _phone.App.Clock.Advance(TimeSpan.FromDays(85));
        Assert.Equal(0, await Review.CountAsync(Cancellation));
        _phone.App.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal(1, Assert.Single((await Review.DueAsync(10, Cancellation)).Rows).Delays);
    }

    [Fact]
    public async Task Of_two_grants_of_one_moment_one_comes_up()
    {
        var ana = await ClientAsync("Ana", months: 30);
        var at = (await HistoryAsync(ana))[0].At;
        await using (var db = _phone.App.Db())
        {
            db.ConsentRecords.Add(Record(ana, ConsentAction.Granted, at));
            await db.SaveChangesAsync(Cancellation);
        }

        Assert.Equal(1, await Review.CountAsync(Cancellation));
    }

    [Theory]
    [InlineData(0, null, "reviewMonths")]
    [InlineData(121, null, "reviewMonths")]
    [InlineData(24, "May we text you?", "transactionalTerms")]
    public async Task Settings_that_make_no_sense_are_refused(
        int months,
        string? terms,
        string field
    )
    {
        var problems = await _phone
            .App.Get<ConsentSettingsBook>()
            .SaveAsync(
                new ConsentSettings(months, TransactionalTerms: terms),
                Scene.Receptionist,
                Cancellation
            );

        Assert.Equal(field, Assert.Single(problems).Field);
    }

    private async Task<Client> ClientAsync(string first, int months)
    {
        var client = await _phone.AnotherPhone().ClientAsync(first, "Cole");
        await WriteAsync(client, ConsentAction.Granted, months);
        return client;
    }

    private async Task WriteAsync(
        Client client,
        ConsentAction action,
        int months,
        ConsentCategory category = ConsentCategory.Transactional
    )
    {
        await using var db = _phone.App.Db();
        db.ConsentRecords.Add(Record(client, action, _phone.Now.AddMonths(-months), category));
        await db.SaveChangesAsync(Cancellation);
    }

    private ConsentRecord Record(
        Client client,
        ConsentAction action,
        DateTimeOffset at,
        ConsentCategory category = ConsentCategory.Transactional
    ) =>
        new(
            Id<ConsentRecord>.New(_phone.Now),
            client.Id,
            category,
            action,
            ConsentMethod.Phone,
            "Words of then",
            at,
            "Rosa Diaz",
            _phone.Now
        );

    private Task<IReadOnlyList<ConsentRecord>> HistoryAsync(Client client) =>
        _phone.App.Get<ConsentBook>().HistoryAsync(client.Id, Cancellation);
}
