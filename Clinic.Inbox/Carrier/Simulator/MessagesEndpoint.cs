using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary><c>POST /simulator/v1/messages</c>: Vonage's Messages API v1 for SMS and MMS.</summary>
internal sealed class MessagesEndpoint(
    CallerCheck caller,
    Faults faults,
    PhoneNetwork network,
    Deliveries deliveries,
    SimulatorWork work,
    IHostApplicationLifetime life,
    TimeProvider clock
)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var body = await WebhookBody.ReadAsync(context.Request);
        if (body is null)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }
        if (!await caller.PassesAsync(context.Request.Headers.Authorization))
        {
            await VonageProblem.Unauthorized.WriteAsync(context);
            return;
        }
        var fault = faults.Take();
        if (fault is { DelayMs: > 0 })
        {
            // Real time: what it tries is the patience of the one who called. Whoever hangs up has sent the text all the same.
            await Task.Delay(fault.DelayMs, life.ApplicationStopping);
        }
        if (fault?.Status is { } status)
        {
            if (fault.RetryAfter is { } seconds)
            {
                context.Response.Headers.RetryAfter = $"{seconds}";
            }
            await VonageProblem.Of(status).WriteAsync(context);
            return;
        }
        var (message, problem) = OutboundParser.Parse(body.Bytes);
        if (message is null)
        {
            await problem!.WriteAsync(context);
            return;
        }
        await AcceptAsync(context, message, fault);
    }

    private async Task AcceptAsync(
        HttpContext context,
        OutboundMessage message,
        CarrierFault? fault
    )
    {
        var accepted = new PhoneMessage(
            Guid.NewGuid().ToString(),
            message.To,
            message.From,
            FromClinic: true,
            message.Channel,
            message.Text,
            message.Channel == "sms" ? SmsText.Analyze(message.Text).Segments.Value : 1,
            message.Files,
            clock.GetUtcNow()
        )
        {
            ClientRef = message.ClientRef,
            State = PhoneMessageState.Accepted,
        };
        network.Add(accepted);
        if (
            !work.TryStart(stopping =>
                deliveries.RunAsync(
                    accepted,
                    message.WebhookUrl,
                    fault?.ErrorCode,
                    fault?.Receipts,
                    stopping
                )
            )
        )
        {
            network.Update(
                accepted.MessageUuid,
                m => m with { State = PhoneMessageState.Rejected, Problem = "Throttled." }
            );
            await VonageProblem.Throttled.WriteAsync(context);
            return;
        }
        if (fault is { DropAfterAccept: true })
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.WriteAsJsonAsync(
            message.HasFailover
                ? new Dictionary<string, string>
                {
                    ["message_uuid"] = accepted.MessageUuid,
                    ["workflow_id"] = Guid.NewGuid().ToString("N"),
                }
                : new() { ["message_uuid"] = accepted.MessageUuid },
            life.ApplicationStopping
        );
    }
}
