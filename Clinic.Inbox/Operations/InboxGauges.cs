using System.Diagnostics.Metrics;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Operations;

/// <summary>What stands in the database when somebody looks: how much waits to be sent, how much nobody has read.</summary>
internal sealed class InboxGauges
{
    private readonly IDbContextFactory<InboxDb> _databases;
    private readonly TimeProvider _clock;

    public InboxGauges(
        IMeterFactory meters,
        IDbContextFactory<InboxDb> databases,
        TimeProvider clock
    )
    {
        (_databases, _clock) = (databases, clock);
        var meter = meters.Create(CarrierMetrics.MeterName);
        meter.CreateObservableGauge(
            "clinic.outbox.depth",
            Depth,
            description: "Texts on their way out by state: queued, sending, unconfirmed."
        );
        meter.CreateObservableGauge(
            "clinic.outbox.age",
            Age,
            unit: "s",
            description: "How long the oldest text that may leave has waited."
        );
        meter.CreateObservableGauge(
            "clinic.inbox.unread",
            Unread,
            description: "Texts that nobody at the desk has read."
        );
        meter.CreateObservableGauge(
            "clinic.quarantine.entries",
            Quarantined,
            description: "Signed webhooks that could not be understood."
        );
    }

    private IEnumerable<Measurement<int>> Depth()
    {
        using var db = _databases.CreateDbContext();
        var byState = db
            .Messages.Where(m =>
                m.State == MessageState.Queued
                || m.State == MessageState.Sending
                || m.State == MessageState.Unconfirmed
            )
            .GroupBy(m => m.State)
            .Select(g => new { State = g.Key, Count = g.Count() })
            .ToDictionary(g => g.State, g => g.Count);
        return
        [
            Of(MessageState.Queued, "queued"),
            Of(MessageState.Sending, "sending"),
            Of(MessageState.Unconfirmed, "unconfirmed"),
        ];

        Measurement<int> Of(MessageState state, string name) =>
            new(byState.GetValueOrDefault(state), new KeyValuePair<string, object?>("state", name));
    }

    private double Age()
    {
        using var db = _databases.CreateDbContext();
        var now = _clock.GetUtcNow();
        var oldest = db
            .Messages.Where(m => m.State == MessageState.Queued && m.DueAt <= now)
            .Select(m => (DateTimeOffset?)m.DueAt)
            .Min();
        return oldest is { } since ? (now - since).TotalSeconds : 0;
    }

    private int Unread()
    {
        using var db = _databases.CreateDbContext();
        return db.Conversations.Where(c => c.Unread > 0).Sum(c => c.Unread);
    }

    private int Quarantined()
    {
        using var db = _databases.CreateDbContext();
        return db.Quarantine.Count();
    }
}
