using System.Diagnostics.Metrics;
using Clinic.Inbox.Carrier;

namespace Clinic.Inbox.Conversations;

/// <summary>What an operator watches of files; meter <c>Clinic.Inbox</c>.</summary>
public sealed class AttachmentMetrics
{
    private readonly Counter<long> _fetches;
    private readonly Counter<long> _removed;

    public AttachmentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(CarrierMetrics.MeterName);
        _fetches = meter.CreateCounter<long>(
            "clinic.attachments.fetches",
            description: "Attempts to fetch a client's file by outcome: stored, later, failed, deleted."
        );
        _removed = meter.CreateCounter<long>(
            "clinic.attachments.removed",
            description: "Files removed because no message has them."
        );
    }

    internal void Fetched(string outcome) =>
        _fetches.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal void Removed(int count) => _removed.Add(count);
}
