namespace Clinic.Inbox.Carrier;

/// <summary>
/// What Vonage calls. It sends a webhook again only after 429 or 5xx, any other 4xx loses the message; so whatever is not
/// certainly a forgery, and can't be stored now, is answered 503, and 200 comes only after it is stored.
/// </summary>
internal sealed partial class VonageWebhooks(
    WebhookVerifier verifier,
    CarrierMetrics metrics,
    ILogger<VonageWebhooks> logger
)
{
    /// <summary>Vonage waits 15 s for an answer, and none at all may not be tried again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    public Task InboundAsync(HttpContext context) =>
        HandleAsync(
            context,
            "inbound",
            static async (body, services, cancellation) =>
            {
                var port = services.GetRequiredService<IReceivedPort>();
                var (text, problem) = InboundParser.Parse(body);
                if (text is null)
                {
                    return await QuarantineAsync(port, "inbound", problem, body, cancellation);
                }
                return await port.ReceiveAsync(text, cancellation) switch
                {
                    ReceiveOutcome.Duplicate => "duplicate",
                    ReceiveOutcome.Quarantined => "quarantined",
                    _ => "stored",
                };
            }
        );

    public Task StatusAsync(HttpContext context) =>
        HandleAsync(
            context,
            "status",
            static async (body, services, cancellation) =>
            {
                var (receipt, problem) = StatusParser.Parse(body);
                if (receipt is null)
                {
                    var port = services.GetRequiredService<IReceivedPort>();
                    return await QuarantineAsync(port, "status", problem, body, cancellation);
                }
                await services.GetRequiredService<IReceiptPort>().ApplyAsync(receipt, cancellation);
                return "stored";
            }
        );

    private static async Task<string> QuarantineAsync(
        IReceivedPort port,
        string kind,
        string? problem,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellation
    )
    {
        var raw = WebhookParser.RawText(body.Span);
        await port.QuarantineAsync(new QuarantinedBody(kind, problem ?? "", raw), cancellation);
        return "quarantined";
    }

    private async Task HandleAsync(
        HttpContext context,
        string kind,
        Func<ReadOnlyMemory<byte>, IServiceProvider, CancellationToken, Task<string>> hand
    )
    {
        var (status, outcome) = await AnswerAsync(context, kind, hand);
        metrics.Webhook(kind, outcome);
        context.Response.StatusCode = status;
        context.Response.ContentLength = 0;
    }

    private async Task<(int Status, string Outcome)> AnswerAsync(
        HttpContext context,
        string kind,
        Func<ReadOnlyMemory<byte>, IServiceProvider, CancellationToken, Task<string>> hand
    )
    {
        try
        {
            using var body = await WebhookBody.ReadAsync(context.Request);
            if (body is null)
            {
                LogTooLarge(kind);
                return (StatusCodes.Status413PayloadTooLarge, "tooLarge");
            }
            var signature = await verifier.VerifyAsync(
                context.Request.Headers.Authorization,
                body.Bytes
            );
            if (signature is not WebhookSignature.Valid)
            {
                return Refuse(kind, signature);
            }
            // What is stored after all, later than that, is known when the carrier sends it again.
            var outcome = await hand(body.Bytes, context.RequestServices, context.RequestAborted)
                .WaitAsync(Patience);
            return (StatusCodes.Status200OK, outcome);
        }
        catch (Exception e)
            when (context.RequestAborted.IsCancellationRequested
                && e is OperationCanceledException or IOException
            )
        {
            // Nobody waits for the answer any more; without one the carrier sends it again.
            return (StatusCodes.Status503ServiceUnavailable, "aborted");
        }
#pragma warning disable CA1031 // Whatever went wrong, the only answer that keeps the message is 503.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The exception's message may quote what was stored, so only its type and place are logged.
            LogNotStored(kind, e.GetType().FullName ?? "", e.StackTrace ?? "");
            return (StatusCodes.Status503ServiceUnavailable, "failed");
        }
    }

    private (int Status, string Outcome) Refuse(string kind, WebhookSignature signature)
    {
        metrics.SignatureFailure(signature.ToString());
        switch (signature)
        {
            case WebhookSignature.Forged:
                LogForged(kind);
                return (StatusCodes.Status401Unauthorized, "forged");
            case WebhookSignature.Unsigned:
                LogUnsigned(kind);
                return (StatusCodes.Status503ServiceUnavailable, "unsigned");
            default:
                LogCannotCheck(kind);
                return (StatusCodes.Status503ServiceUnavailable, "cannotCheck");
        }
    }

    [LoggerMessage(LogLevel.Warning, "A webhook ({Kind}) over 1 MiB was refused.")]
    private partial void LogTooLarge(string kind);

    [LoggerMessage(LogLevel.Warning, "A webhook ({Kind}) with a wrong signature was refused.")]
    private partial void LogForged(string kind);

    [LoggerMessage(
        LogLevel.Warning,
        "A webhook ({Kind}) came without a signature; the carrier was asked to send it again."
    )]
    private partial void LogUnsigned(string kind);

    [LoggerMessage(
        LogLevel.Error,
        "Vonage:SignatureSecret is missing or unreadable: no webhook can be checked. The carrier sends this one ({Kind}) again for 24 hours."
    )]
    private partial void LogCannotCheck(string kind);

    [LoggerMessage(
        LogLevel.Error,
        "A webhook ({Kind}) could not be stored; the carrier was asked to send it again. {Exception}\n{Stack}"
    )]
    private partial void LogNotStored(string kind, string exception, string stack);
}
