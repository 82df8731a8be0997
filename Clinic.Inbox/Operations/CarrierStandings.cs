using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Operations;

/// <summary>Whether what is needed to talk to the carrier is set.</summary>
internal sealed class CredentialsStanding(
    IOptionsMonitor<VonageOptions> options,
    INumberProvider numbers
) : IStanding
{
    public int Order => 20;

    public Task<IReadOnlyList<Standing>> LookAsync(
        StandingLook look,
        CancellationToken cancellation
    )
    {
        // The first word is the setting's name; the rest may name a file.
        var missing = VonageOptions
            .Missing(options.CurrentValue)
            .Select(line => line.Split(' ')[0])
            .ToList();
        var (level, text) = (missing.Count, numbers.Missing) switch
        {
            (> 0, _) => (
                StandingLevel.Attention,
                $"Missing or unreadable: {string.Join(", ", missing)}. Set {(missing.Count == 1 ? "it" : "them")} where the app is started."
            ),
            (_, not null) => (
                StandingLevel.Off,
                "Texts leave. Numbers can't be rented here: Vonage:ApiKey and Vonage:ApiSecret are not set."
            ),
            _ => (StandingLevel.Ok, "Credentials and signature secret are set."),
        };
        return Task.FromResult<IReadOnlyList<Standing>>([
            new Standing("Carrier account", level, text, Paths.Lines, Policies.Administer),
        ]);
    }
}

/// <summary>Whether the carrier's webhooks reach us, as far as the newest texts tell, and what of them nobody understood.</summary>
internal sealed class WebhookStanding(ClinicClock clock) : IStanding
{
    /// <summary>So many of the newest texts are looked at.</summary>
    private const int Newest = 200;

    /// <summary>A receipt comes within seconds; after so long without one it does not reach us.</summary>
    private static readonly TimeSpan ReceiptWithin = TimeSpan.FromMinutes(30);

    public int Order => 30;

    public async Task<IReadOnlyList<Standing>> LookAsync(
        StandingLook look,
        CancellationToken cancellation
    )
    {
        var newest = await look
            .Db.Messages.OrderByDescending(m => m.Id)
            .Take(Newest)
            .Select(m => new Trace(m.Direction, m.State, m.At, m.SentAt, m.DeliveredAt, m.Price))
            .ToListAsync(cancellation);
        var quarantined = await look.Db.Quarantine.CountAsync(cancellation);
        return
        [
            Webhooks(newest, look.Now),
            quarantined == 0
                ? new Standing(
                    "Quarantine",
                    StandingLevel.Ok,
                    "Everything that the carrier sent could be read.",
                    Paths.Quarantine,
                    Policies.Administer
                )
                : new Standing(
                    "Quarantine",
                    StandingLevel.Attention,
                    quarantined == 1
                        ? "1 thing that the carrier sent could not be read."
                        : $"{quarantined:N0} things that the carrier sent could not be read.",
                    Paths.Quarantine,
                    Policies.Administer
                ),
        ];
    }

    private Standing Webhooks(IReadOnlyList<Trace> newest, DateTimeOffset now)
    {
        var inbound = newest.FirstOrDefault(t => t.Direction == MessageDirection.Inbound)?.At;
        var receipt = newest.Where(t => t.HasReceipt).Max(t => t.DeliveredAt ?? t.SentAt);
        var silent = newest.Count(t => t.Waits(now - ReceiptWithin));
        var heard =
            $"Last text in: {(inbound is { } at ? clock.Full(at) : "none lately")}. Last receipt: {(receipt is { } last ? clock.Full(last) : "none lately")}.";
        return
            silent > 0
            && !newest.Any(t =>
                t.HasReceipt && t.SentAt > now - ReceiptWithin - TimeSpan.FromDays(1)
            )
            ? new Standing(
                "Webhooks",
                StandingLevel.Attention,
                $"Texts leave, but no receipt comes back. Compare the status URL of your application at Vonage with PublicUrl. {heard}",
                Paths.Lines,
                Policies.Administer
            )
            : new Standing(
                "Webhooks",
                newest.Count == 0 ? StandingLevel.Off : StandingLevel.Ok,
                newest.Count == 0
                    ? "Nothing came or went yet. Text your number from a phone to try it."
                    : heard,
                Paths.Lines,
                Policies.Administer
            );
    }

    private sealed record Trace(
        MessageDirection Direction,
        MessageState State,
        DateTimeOffset At,
        DateTimeOffset? SentAt,
        DateTimeOffset? DeliveredAt,
        decimal? Price
    )
    {
        /// <summary>Only a receipt brings a delivery or a price.</summary>
        public bool HasReceipt =>
            Direction == MessageDirection.Outbound
            && (DeliveredAt is not null || Price is not null);

        public bool Waits(DateTimeOffset before) =>
            Direction == MessageDirection.Outbound
            && State == MessageState.Sent
            && !HasReceipt
            && SentAt < before;
    }
}
