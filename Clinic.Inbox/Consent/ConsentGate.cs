using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Consent;

/// <summary>Why a text would be sent; the gate decides by it.</summary>
public enum Purpose
{
    /// <summary>Part of an exchange: staff's own texts and answers to a client who wrote.</summary>
    Conversation,

    /// <summary>Sent by the system to somebody who need not have written: reminders, documents, statements.</summary>
    Transactional,
    Marketing,

    /// <summary>The one confirmation of an opt-out, and answers to START and HELP: the client just asked for them.</summary>
    KeywordReply,

    /// <summary>
    /// The one text that asks a number to reply YES, because somebody entered it on the public form a moment ago. It needs no
    /// consent and a request that waits.
    /// </summary>
    OptInRequest,
}

/// <summary>What the gate says.</summary>
/// <param name="Code"><c>optedOut</c> or <c>noConsent</c>; empty when allowed.</param>
/// <param name="Reason">Under which consent it may leave, or why it can't, in plain words.</param>
/// <param name="ConsentId">The consent that it may leave under; null when it needs none or can't.</param>
public sealed record GateDecision(
    bool Allowed,
    string Code,
    string Reason,
    Id<ConsentRecord>? ConsentId = null
)
{
    public const string OptedOut = "optedOut";
    public const string NoConsent = "noConsent";

    internal static GateDecision Allow(string basis, Id<ConsentRecord>? consentId = null) =>
        new(Allowed: true, "", basis, consentId);

    internal static GateDecision Refuse(string code, string reason) =>
        new(Allowed: false, code, reason);
}

/// <summary>What the decision needs to know besides number and consent.</summary>
/// <param name="TimeZone">The clinic's, IANA: days are named in it.</param>
/// <param name="SecondOptIn">See <see cref="ConsentSettings.SecondOptIn"/>.</param>
/// <param name="IsRequested">An <see cref="OptInRequest"/> for the number waits for its answer.</param>
public sealed record GateRules(
    string TimeZone = "Etc/UTC",
    bool SecondOptIn = false,
    bool IsRequested = false
);

/// <summary>
/// Decides whether a text may leave: asked when it is queued and again at the moment of sending. Nothing is sent to a
/// number that opted out; everything else needs consent for its category, except that a client who texts first
/// may be answered (47 CFR 64.1200: the exchange itself was asked for, reminders and marketing were not).
/// </summary>
public static class ConsentGate
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>Whether a text could leave, for a screen that shows it. An opt-in request is never allowed this way.</summary>
    /// <inheritdoc cref="DecideAsync(InboxDb, PhoneNumber, IReadOnlyCollection{Id{Client}}, Purpose, DateTimeOffset, CancellationToken)"/>
    public static Task<GateDecision> DecideAsync(
        InboxDb db,
        PhoneNumber number,
        IReadOnlyCollection<Id<Client>> clientIds,
        Purpose purpose,
        CancellationToken cancellation
    ) => DecideAsync(db, number, clientIds, purpose, DateTimeOffset.MaxValue, cancellation);

    /// <param name="db">Inside the caller's transaction, so that an opt-out cannot slip between asking and sending.</param>
    /// <param name="clientIds">The clients who have this number; consent of any of them serves.</param>
    /// <param name="now">An opt-in request that waits is needed at this moment.</param>
    public static async Task<GateDecision> DecideAsync(
        InboxDb db,
        PhoneNumber number,
        IReadOnlyCollection<Id<Client>> clientIds,
        Purpose purpose,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var standing = await db
            .NumberStandings.AsNoTracking()
            .FirstOrDefaultAsync(n => n.Number == number, cancellation);
        var category =
            purpose == Purpose.Marketing
                ? ConsentCategory.Marketing
                : ConsentCategory.Transactional;
        var consent = await NewestGrantAsync(db, clientIds, category, cancellation);
        return Decide(
            standing,
            consent,
            purpose,
            await RulesAsync(db, number, purpose, now, cancellation)
        );
    }

    /// <summary>The decision itself.</summary>
    /// <param name="standing">What is known of the number; null: nothing.</param>
    /// <param name="consent">The consent that holds for the purpose's category; null: none.</param>
    public static GateDecision Decide(
        NumberStanding? standing,
        ConsentRecord? consent,
        Purpose purpose,
        GateRules? rules = null
    )
    {
        rules ??= new GateRules();
        if (purpose == Purpose.KeywordReply)
        {
            return GateDecision.Allow("The client just asked for this answer.");
        }
        if (standing?.OptedOutAt is { } optedOut)
        {
            return GateDecision.Refuse(
                GateDecision.OptedOut,
                $"This number opted out on {Day(optedOut, rules)}. Nothing can be sent until the client texts START."
            );
        }
        if (purpose == Purpose.OptInRequest)
        {
            return rules.IsRequested
                ? GateDecision.Allow("Asked for on the public form; asks to reply YES.")
                : GateDecision.Refuse(
                    GateDecision.NoConsent,
                    "Nobody has asked on the public form to be texted at this number."
                );
        }
        var awaitsYes = rules.SecondOptIn && standing is { AwaitsConfirmation: true };
        if (consent is not null && !awaitsYes)
        {
            return GateDecision.Allow(
                $"Under consent of {Day(consent.At, rules)} ({Name(consent.Method)}).",
                consent.Id
            );
        }
        if (purpose == Purpose.Conversation && standing?.TextedUsAt is not null)
        {
            return GateDecision.Allow("The client texted first; replies only.");
        }
        return GateDecision.Refuse(
            GateDecision.NoConsent,
            consent is null
                ? "There is no consent on record for texts to this number. Ask the client, then record the consent."
                : $"The first text asked on {Day(standing!.AskedToConfirmAt!.Value, rules)} to reply YES. Nothing more is sent until the client does."
        );
    }

    /// <summary>How a way of consenting is called on screen.</summary>
    public static string Name(ConsentMethod method) =>
        method switch
        {
            ConsentMethod.InPerson => "in person",
            ConsentMethod.Phone => "by phone",
            ConsentMethod.OnlineForm => "online form",
            _ => "by text",
        };

    private static string Day(DateTimeOffset at, GateRules rules) =>
        Instant
            .FromDateTimeOffset(at)
            .InZone(DateTimeZoneProviders.Tzdb[rules.TimeZone])
            .Date.ToString("MMM d, yyyy", English);

    private static async Task<GateRules> RulesAsync(
        InboxDb db,
        PhoneNumber number,
        Purpose purpose,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var clinic = await db
            .ClinicProfiles.AsNoTracking()
            .Select(c => new
            {
                c.TimeZone,
                Settings = db
                    .Settings.Where(s => s.Key == ConsentSettings.Key)
                    .Select(s => s.Value)
                    .FirstOrDefault(),
            })
            .SingleAsync(cancellation);
        return new GateRules(
            clinic.TimeZone,
            SettingStore.Read(clinic.Settings, ConsentSettings.Default).SecondOptIn,
            purpose == Purpose.OptInRequest
                && await db.OptInRequests.AnyAsync(
                    r =>
                        r.Number == number
                        && r.Method == ConsentMethod.OnlineForm
                        && r.AnsweredAt == null
                        && r.LapsedAt == null
                        && r.ExpiresAt > now,
                    cancellation
                )
        );
    }

    private static async Task<ConsentRecord?> NewestGrantAsync(
        InboxDb db,
        IReadOnlyCollection<Id<Client>> clientIds,
        ConsentCategory category,
        CancellationToken cancellation
    )
    {
        ConsentRecord? best = null;
        foreach (var clientId in clientIds)
        {
            if (
                await HoldingAsync(db, clientId, category, cancellation) is { } granted
                && (best is null || granted.At > best.At)
            )
            {
                best = granted;
            }
        }
        return best;
    }

    /// <summary>The consent that holds for one client and category; null when there is none or it was withdrawn.</summary>
    public static async Task<ConsentRecord?> HoldingAsync(
        InboxDb db,
        Id<Client> clientId,
        ConsentCategory category,
        CancellationToken cancellation
    )
    {
        var latest = await db
            .ConsentRecords.AsNoTracking()
            .Where(c => c.ClientId == clientId && c.Category == category)
            .OrderByDescending(c => c.At)
            // On a tie the withdrawal holds.
            .ThenByDescending(c => c.Action == ConsentAction.Withdrawn)
            .FirstOrDefaultAsync(cancellation);
        return latest is { Action: ConsentAction.Granted } ? latest : null;
    }
}
