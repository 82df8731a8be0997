using System.Diagnostics.Metrics;

namespace Clinic.Inbox.Carrier;

/// <summary>What an operator watches of the carrier; meter <c>Clinic.Inbox</c>.</summary>
public sealed class CarrierMetrics
{
    public const string MeterName = "Clinic.Inbox";

    private readonly Counter<long> _webhooks;
    private readonly Counter<long> _signatureFailures;
    private readonly Counter<long> _sends;
    private readonly Histogram<double> _sendDuration;

    public CarrierMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _webhooks = meter.CreateCounter<long>(
            "clinic.carrier.webhooks",
            description: "Webhooks by kind and outcome."
        );
        _signatureFailures = meter.CreateCounter<long>(
            "clinic.carrier.signature_failures",
            description: "Webhooks whose signature was wrong, missing or could not be checked."
        );
        _sends = meter.CreateCounter<long>(
            "clinic.carrier.sends",
            description: "Attempts to send by outcome."
        );
        _sendDuration = meter.CreateHistogram<double>(
            "clinic.carrier.send.duration",
            unit: "s",
            description: "Time until the carrier answered."
        );
    }

    internal void Webhook(string kind, string outcome) =>
        _webhooks.Add(1, new("kind", kind), new("outcome", outcome));

    internal void SignatureFailure(string reason) =>
        _signatureFailures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void Sent(SendOutcome outcome, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome.GetType().Name);
        _sends.Add(1, tag);
        _sendDuration.Record(duration.TotalSeconds, tag);
    }
}
