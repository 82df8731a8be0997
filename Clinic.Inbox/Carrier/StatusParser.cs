using System.Text.Json;

namespace Clinic.Inbox.Carrier;

/// <summary>Reads Vonage's status webhook: a delivery receipt.</summary>
internal static class StatusParser
{
    /// <summary>The receipt, or why there is none in this body.</summary>
    public static Parsed<Receipt> Parse(ReadOnlyMemory<byte> body) =>
        WebhookParser.Parse(body, Read);

    private static Receipt Read(JsonElement root, string rawBody)
    {
        var status = WebhookParser.Required(root, "status"u8).ToLowerInvariant();
        var (price, currency) = WebhookParser.Charge(root);
        return new Receipt(
            WebhookParser.Required(root, "message_uuid"u8),
            WebhookParser.Optional(root, "client_ref"u8),
            status,
            WebhookParser.Timestamp(root),
            Problem(root, status),
            price,
            currency,
            rawBody
        );
    }

    private static CarrierProblem? Problem(JsonElement root, string status) =>
        WebhookParser.Object(root, "error"u8) is { } error ? CarrierErrors.Describe(error)
        // A failure without a reason is still a failure that somebody must be told of.
        : status is "rejected" or "undeliverable" ? CarrierErrors.Describe("", "")
        : null;
}
