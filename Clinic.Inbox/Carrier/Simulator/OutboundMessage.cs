namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>What the Messages API was asked to send.</summary>
/// <param name="WebhookUrl">Where receipts go; null: where the application's settings at Vonage say.</param>
/// <param name="HasFailover">The request names other ways, and the answer a workflow.</param>
internal sealed record OutboundMessage(
    string Channel,
    string To,
    string From,
    string Text,
    IReadOnlyList<PhoneFile> Files,
    string? ClientRef,
    Uri? WebhookUrl,
    bool HasFailover
);
