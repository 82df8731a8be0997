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
    private static readonly TimeSpan Late = TimeSpan.FromDays(1);

    /// <param name="errorCode">Vonage's code for why it will not arrive; null: it will.</param>
    /// <param name="fault">What goes wrong with its receipts, one of <see cref="CarrierFault.ReceiptFaults"/>; null: nothing.</param>
    public async Task RunAsync(
        PhoneMessage message,
        Uri? webhook,
        string? errorCode,
        string? fault,
        CancellationToken cancellation
    )
    {
        var to = webhook ?? address.At("webhooks/vonage/status");
        var receipts = new List<byte[]>();
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
        if (fault == CarrierFault.Late)
        {
            await Task.Delay(Late, clock, cancellation);
        }
        receipts.Reverse();
        foreach (var late in receipts)
        {
            await callbacks.SendAsync(to, late, static _ => { }, cancellation);
        }

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
            await ReportAsync(WebhookJson.Status(moved, status, now, errorCode));
            if (fault == CarrierFault.Strangers)
            {
                var stranger = moved with
                {
                    MessageUuid = Guid.NewGuid().ToString(),
                    ClientRef = Guid.NewGuid().ToString("N"),
                };
                await ReportAsync(WebhookJson.Status(stranger, status, now, errorCode));
            }
        }

        async Task ReportAsync(byte[] body)
        {
            switch (fault)
            {
                case CarrierFault.Never:
                    return;
                case CarrierFault.Late or CarrierFault.Backwards:
                    receipts.Add(body);
                    return;
                case CarrierFault.Twice:
                    await callbacks.SendAsync(to, body, static _ => { }, cancellation);
                    break;
            }
            await callbacks.SendAsync(to, body, static _ => { }, cancellation);
        }
    }
}
