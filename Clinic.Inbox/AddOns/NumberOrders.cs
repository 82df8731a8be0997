using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AddOns;

/// <summary>What came of renting a number.</summary>
public abstract record OrderResult
{
    /// <summary>It is a line, switched on.</summary>
    public sealed record Done(Line Line) : OrderResult;

    /// <summary>Nothing was bought.</summary>
    /// <param name="Problem">In plain words, with what to do.</param>
    public sealed record Refused(string Problem) : OrderResult;

    /// <summary>It goes on by itself, and stands on the page until it is done.</summary>
    /// <param name="Problem">What is missing, in plain words.</param>
    public sealed record Unfinished(string Problem) : OrderResult;
}

/// <summary>Rents numbers: the row, the one purchase, the link, the line. See <see cref="NumberOrder"/>.</summary>
public sealed class NumberOrders(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    INumberProvider provider,
    TimeProvider clock
)
{
    /// <summary>
    /// Rents a number and switches it on. Runs to its end whoever leaves: once the row is there, a cancellation would only
    /// hide what was bought.
    /// </summary>
    public async Task<OrderResult> PlaceAsync(
        OfferedNumber offered,
        AddOn addOn,
        Actor actor,
        CancellationToken cancellation
    )
    {
        if (provider.Missing is { } missing)
        {
            return new OrderResult.Refused(missing);
        }
        var owned = await provider.FindOwnedAsync(offered.Number, cancellation);
        if (owned.Problem is { } problem)
        {
            return new OrderResult.Refused(problem + " Nothing was bought.");
        }
        var (order, refusal) = await writer.RunAsync(
            session =>
                NumberOrderSteps.RecordAsync(
                    session,
                    offered,
                    addOn,
                    owned.Value is not null,
                    actor
                ),
            cancellation
        );
        if (order is null)
        {
            return new OrderResult.Refused(refusal);
        }
        if (order.State == NumberOrderState.Buying)
        {
            var deed = await provider.BuyAsync(
                order.Country,
                order.Number.Digits,
                CancellationToken.None
            );
            await writer.RunAsync(
                session => NumberOrderSteps.SettlePurchaseAsync(session, order.Id, deed),
                CancellationToken.None
            );
        }
        return await CarryOnAsync(order.Id);
    }

    /// <summary>Takes an order as far as it goes now: looks whether the number is ours, links it, makes it a line. Never buys.</summary>
    public async Task<OrderResult> CarryOnAsync(Id<NumberOrder> id)
    {
        var order = await FindAsync(id);
        if (order is { State: NumberOrderState.Buying })
        {
            var owned = await provider.FindOwnedAsync(order.Number.Digits, CancellationToken.None);
            order = await ChangeAsync(
                id,
                (o, now) =>
                {
                    if (o.State != NumberOrderState.Buying)
                    {
                        return;
                    }
                    if (owned.Problem is { } silent)
                    {
                        o.Wait(silent, now);
                    }
                    else if (owned.Value is not null)
                    {
                        o.Bought(now);
                    }
                    else
                    {
                        o.NotListed(now);
                    }
                }
            );
        }
        if (order is { State: NumberOrderState.Bought })
        {
            var linked = await provider.LinkAsync(
                order.Country,
                order.Number.Digits,
                CancellationToken.None
            );
            order =
                linked is NumberDeed.Done
                    ? await writer.RunAsync(
                        session => NumberOrderSteps.FinishAsync(session, id),
                        CancellationToken.None
                    )
                    : await ChangeAsync(
                        id,
                        (o, now) =>
                        {
                            if (o.State == NumberOrderState.Bought)
                            {
                                o.Wait(
                                    "The number is rented, but could not be linked to your application at Vonage. "
                                        + ProblemOf(linked),
                                    now
                                );
                            }
                        }
                    );
        }
        return await ResultAsync(order);
    }

    /// <summary>What is not settled, and what was refused within the last day; newest first.</summary>
    public async Task<IReadOnlyList<NumberOrder>> OpenAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .NumberOrders.AsNoTracking()
            .Where(o => o.NextAttemptAt != null)
            .OrderByDescending(o => o.At)
            .ToListAsync(cancellation);
    }

    /// <summary>Carries on every order whose time has come.</summary>
    internal async Task CarryOnDueAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var due = await db
            .NumberOrders.Where(o => o.NextAttemptAt <= now)
            .OrderBy(o => o.At)
            .Select(o => o.Id)
            .ToListAsync(cancellation);
        foreach (var id in due)
        {
            await CarryOnAsync(id);
        }
    }

    private Task<NumberOrder?> ChangeAsync(
        Id<NumberOrder> id,
        Action<NumberOrder, DateTimeOffset> change
    ) =>
        writer.RunAsync<NumberOrder?>(
            async session =>
            {
                await session.LockAsync("NumberOrders", "Id", id.ToString());
                var order = await session.Db.NumberOrders.SingleAsync(o => o.Id == id);
                change(order, session.Now);
                await session.Db.SaveChangesAsync();
                session.Publish(new InboxEvent.LineChanged());
                return order;
            },
            CancellationToken.None
        );

    private async Task<NumberOrder?> FindAsync(Id<NumberOrder> id)
    {
        await using var db = await databases.CreateDbContextAsync();
        return await db.NumberOrders.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id);
    }

    private async Task<OrderResult> ResultAsync(NumberOrder? order)
    {
        switch (order)
        {
            case null:
                return new OrderResult.Refused("This order is gone. Reload the page.");
            case { State: NumberOrderState.Refused }:
                return new OrderResult.Refused(order.Problem);
            case { State: NumberOrderState.Done }:
                await using (var db = await databases.CreateDbContextAsync())
                {
                    return new OrderResult.Done(
                        await db.Lines.AsNoTracking().SingleAsync(l => l.Number == order.Number)
                    );
                }
            default:
                return new OrderResult.Unfinished(order.Problem);
        }
    }

    private static string ProblemOf(NumberDeed deed) =>
        deed switch
        {
            NumberDeed.Refused refused => refused.Problem,
            NumberDeed.Unconfirmed unconfirmed => unconfirmed.Problem,
            _ => "",
        };
}
