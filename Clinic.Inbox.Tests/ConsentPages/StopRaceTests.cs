using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.ConsentPages;

public sealed class StopRaceOnSqliteTests(SqliteWalk walk)
    : StopRaceTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class StopRaceOnPostgresTests(PostgresWalk walk)
    : StopRaceTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>A thousand texts wait, some are leaving, and STOP comes: none is claimed after its commit.</summary>
public abstract class StopRaceTests(Walk walk)
{
    private const int Texts = 1_000;
    private const int LeftBefore = 40;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_thousand_texts_none_is_claimed_after_the_stop()
    {
        var phone = await walk.SceneAsync();
        var other = phone.AnotherPhone();
        await phone.ClientAsync("Ana", "Cole", consents: true);
        await other.ClientAsync("Ben", "Cole", consents: true);
        await phone.PausesAsync();
        await phone.QueueAsync(Texts);
        await other.QueueAsync(1);

        await phone.ResumesAsync();
        await phone.UntilCarriedAsync(LeftBefore);
        await phone.TextsAsync("STOP");

        // The carrier has its 200: STOP is committed. What was claimed until then may be on its way, nothing more.
        var claimed = await ClaimedAsync(phone);
        await phone.UntilQuietAsync();
        var texts = await AllAsync(phone);
        var confirmation = Assert.Single(texts, m => m.Kind == MessageKind.System);
        var others = texts.Where(m => m.Kind != MessageKind.System).ToList();
        Assert.Equal(Texts, others.Count);
        var left = others.Where(m => m.AttemptedAt is not null).ToList();
        Assert.Equal(claimed.ToHashSet(), left.Select(m => m.Id).ToHashSet());
        Assert.All(left, m => Assert.True(m.AttemptedAt <= confirmation.At));
        Assert.All(
            others.Except(left),
            m => Assert.Equal((MessageState.Failed, GateDecision.OptedOut), (m.State, m.ErrorCode))
        );
        Assert.InRange(left.Count, LeftBefore, Texts - 1);

        // Counted by the carrier: each that was claimed, once, and the confirmation.
        Assert.Equal(
            left.Append(confirmation).Select(m => m.Id.ToString()).Order(StringComparer.Ordinal),
            phone.Carried.Select(t => t.ClientRef).Order(StringComparer.Ordinal)
        );
        // Nobody else was stopped.
        await other.UntilCarriedAsync(1);
    }

    private static async Task<List<Id<Message>>> ClaimedAsync(Scene phone) =>
        [
            .. (await AllAsync(phone))
                .Where(m => m.Kind != MessageKind.System && m.AttemptedAt is not null)
                .Select(m => m.Id),
        ];

    private static async Task<List<Message>> AllAsync(Scene phone)
    {
        await using var db = phone.App.Db();
        return await db
            .Messages.AsNoTracking()
            .Where(m => m.Number == phone.Number && m.Direction == MessageDirection.Outbound)
            .ToListAsync(Cancellation);
    }
}
