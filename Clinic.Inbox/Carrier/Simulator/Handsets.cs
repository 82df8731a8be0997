using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>What came of a text from a phone.</summary>
/// <param name="MessageUuid">The carrier's id.</param>
/// <param name="Status">What the clinic's webhook answered to the first attempt; null when nobody did.</param>
public sealed record HandsetResult(string MessageUuid, int? Status);

/// <summary>Sends what people type on their phones to the clinic, through its inbound webhook.</summary>
public sealed class Handsets(
    PhoneNetwork network,
    Callbacks callbacks,
    PublicAddress address,
    TimeProvider clock
)
{
    /// <param name="phone">E.164 digits without <c>+</c>.</param>
    /// <param name="line">The clinic's line, E.164 digits without <c>+</c>.</param>
    public async Task<HandsetResult> SendAsync(
        string phone,
        string line,
        string text,
        IReadOnlyList<PhoneFile> files,
        CancellationToken cancellation
    )
    {
        var message = new PhoneMessage(
            Guid.NewGuid().ToString(),
            phone,
            line,
            FromClinic: false,
            files.Count == 0 ? "sms" : "mms",
            text,
            files.Count == 0 ? Math.Max(1, SmsText.Analyze(text).Segments.Value) : 1,
            files,
            clock.GetUtcNow()
        )
        {
            State = PhoneMessageState.Sending,
        };
        network.Add(message);
        var status = await callbacks.SendAsync(
            PublicAddress.Join(address.Local, "webhooks/vonage/inbound"),
            WebhookJson.Inbound(message),
            answer => network.Update(message.MessageUuid, m => Answered(m, answer)),
            cancellation
        );
        return new HandsetResult(message.MessageUuid, status);
    }

    private static PhoneMessage Answered(PhoneMessage message, int? status) =>
        message with
        {
            WebhookStatus = status,
            State = status switch
            {
                >= 200 and < 300 => PhoneMessageState.Received,
                _ when Callbacks.WantsAnother(status) => PhoneMessageState.Sending,
                _ => PhoneMessageState.Lost,
            },
        };
}
