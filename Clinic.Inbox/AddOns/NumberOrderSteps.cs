using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.AddOns;

/// <summary>What an order writes at each step, each in a transaction of its own.</summary>
internal static class NumberOrderSteps
{
    public static async Task<(NumberOrder? Order, string Refusal)> RecordAsync(
        WriteSession session,
        OfferedNumber offered,
        AddOn addOn,
        bool ours,
        Actor actor
    )
    {
        var clinic = await session.Db.ClinicProfiles.AsNoTracking().SingleAsync();
        var type = offered.Type.Contains("toll-free", StringComparison.OrdinalIgnoreCase)
            ? LineType.TollFree
            : LineType.LongCode;
        if (
            !LineChanges.TryRead(
                "+" + offered.Number,
                type,
                clinic,
                out var number,
                out var problem
            )
        )
        {
            return (null, problem);
        }
        await session.LockNameAsync("number " + number.Value);
        if (await session.Db.Lines.AnyAsync(l => l.Number == number && l.ReleasedAt == null))
        {
            return (null, "This number is a line already.");
        }
        if (
            await session.Db.NumberOrders.AnyAsync(o =>
                o.Number == number && o.NextAttemptAt != null
            )
        )
        {
            return (
                null,
                "This number is being rented already. Look at Settings, Add-ons in a minute."
            );
        }
        var order = new NumberOrder(
            Id<NumberOrder>.New(session.Now),
            number,
            offered.Country,
            type,
            addOn,
            offered.MonthlyCost,
            actor,
            session.Now
        );
        if (ours)
        {
            // On the account already, by an earlier try or by hand: there is nothing to buy.
            order.Bought(session.Now);
        }
        session.Db.NumberOrders.Add(order);
        session.Note(actor, "number.ordered", order.Id.ToString(), number.Masked);
        await session.Db.SaveChangesAsync();
        session.Publish(new InboxEvent.LineChanged());
        return (order, "");
    }

    public static async Task SettlePurchaseAsync(
        WriteSession session,
        Id<NumberOrder> id,
        NumberDeed deed
    )
    {
        await session.LockAsync("NumberOrders", "Id", id.ToString());
        var order = await session.Db.NumberOrders.SingleAsync(o => o.Id == id);
        switch (deed)
        {
            case NumberDeed.Done when order.State is not NumberOrderState.Done:
                order.Bought(session.Now);
                session.Note(order.By, "number.bought", id.ToString(), order.Number.Masked);
                break;
            case NumberDeed.Refused refused when order.State == NumberOrderState.Buying:
                order.Refuse(refused.Problem);
                break;
            case NumberDeed.Unconfirmed silent when order.State == NumberOrderState.Buying:
                order.Wait(silent.Problem, session.Now);
                break;
        }
        await session.Db.SaveChangesAsync();
        session.Publish(new InboxEvent.LineChanged());
    }

    public static async Task<NumberOrder?> FinishAsync(WriteSession session, Id<NumberOrder> id)
    {
        await session.LockAsync("NumberOrders", "Id", id.ToString());
        var order = await session.Db.NumberOrders.SingleAsync(o => o.Id == id);
        if (order.State != NumberOrderState.Bought)
        {
            return order;
        }
        order.Finish();
        // Another one may have been switched on meanwhile: then this number waits until somebody wants it.
        var mayBeOn = !await session.Db.Lines.AnyAsync(l =>
            l.AddOn != AddOn.Off && l.AddOn != order.AddOn
        );
        var line = await LineChanges.AdoptAsync(
            session,
            order.Number,
            order.Type,
            mayBeOn ? order.AddOn : AddOn.Off,
            order.By
        );
        if (line is not null)
        {
            await LineChanges.SaveAsync(session, line, order.By, "line.added");
        }
        await session.Db.SaveChangesAsync();
        session.Publish(new InboxEvent.LineChanged());
        return order;
    }
}
