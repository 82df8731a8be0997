using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Brings an accepted text to its phone and reports each step, in the order in which it happens.</summary>
internal sealed class Deliveries(
    PhoneNetwork network,
    Callbacks callbacks,
    MediaPickup pickup,
    PublicAddress address,
    IOptionsMonitor<SimulatorOptions> options,
    TimeProvider clock
)
{
    /// <param name="errorCode">Vonage's code for why it will not arrive; null: it will.</param>
    public async Task RunAsync(
        PhoneMessage message,
        Uri? webhook,
        string? errorCode,
        CancellationToken cancellation
    )
    {
        webhook ??= address.At("webhooks/vonage/status");
        var pace = options.CurrentValue;
        await Task.Delay(pace.SubmittedAfter, clock, cancellation);
        await MoveAsync(message, PhoneMessageState.Submitted, errorCode: null);
        await Task.Delay(pace.DeliveredAfter, clock, cancellation);
        if (errorCode is null)
        {
            (var files, errorCode) = await pickup.FetchAsync(message.Files, cancellation);
            network.Update(message.MessageUuid, m => m with { Files = files });
        }
        await MoveAsync(
            message,
            errorCode is null ? PhoneMessageState.Delivered : PhoneMessageState.Rejected,
            errorCode
        );

        async Task MoveAsync(PhoneMessage moved, PhoneMessageState state, string? errorCode)
        {
            var now = clock.GetUtcNow();
            network.Update(
                moved.MessageUuid,
                m =>
                    m with
                    {
                        State = state,
                        At = state == PhoneMessageState.Delivered ? now : m.At,
                        Problem = errorCode is null
                            ? null
                            : CarrierErrors.Describe(errorCode, "").PlainWords,
                    }
            );
            var status = state.ToString().ToLowerInvariant();
            var body = WebhookJson.Status(moved, status, now, errorCode);
            await callbacks.SendAsync(webhook, body, static _ => { }, cancellation);
        }
    }
}
