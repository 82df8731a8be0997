using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Consent;

/// <summary>
/// A phone was asked to reply YES: because somebody entered its number on the public form (anybody can enter any number), or
/// by staff in a conversation. It becomes a consent only by that phone's reply to the one text that asks.
/// </summary>
public sealed class OptInRequest
{
    /// <summary>How long a reply is waited for.</summary>
    public static readonly TimeSpan Waits = TimeSpan.FromHours(24);

    private OptInRequest() { }

    public OptInRequest(
        Id<OptInRequest> id,
        PhoneNumber number,
        string name,
        string? transactionalTerms,
        string? marketingTerms,
        DateTimeOffset at
    )
    {
        Id = id;
        Number = number;
        Name = name;
        TransactionalTerms = transactionalTerms;
        MarketingTerms = marketingTerms;
        At = at;
        ExpiresAt = at + Waits;
        Method = ConsentMethod.OnlineForm;
    }

    /// <summary>Staff ask a client they text with.</summary>
    /// <param name="words">What the text said.</param>
    public static OptInRequest InConversation(
        Id<OptInRequest> id,
        PhoneNumber number,
        Id<Client> clientId,
        string name,
        string words,
        DateTimeOffset at
    ) =>
        new(id, number, name, words, marketingTerms: null, at)
        {
            Method = ConsentMethod.Text,
            ClientId = clientId,
        };

    public Id<OptInRequest> Id { get; private set; }
    public PhoneNumber Number { get; private set; }

    /// <summary>The public form, or by text.</summary>
    public ConsentMethod Method { get; private set; }

    /// <summary>As it was entered, or the client's.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The exact words beside the box that was ticked; null: it was not.</summary>
    public string? TransactionalTerms { get; private set; }

    /// <inheritdoc cref="TransactionalTerms"/>
    public string? MarketingTerms { get; private set; }
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>When the phone replied YES; null: not yet.</summary>
    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>Who was asked, or whose consent it became; null: nobody's yet, or staff must say whose.</summary>
    public Id<Client>? ClientId { get; private set; }

    /// <summary>The number opted out meanwhile: a later YES is no answer to this any more.</summary>
    public DateTimeOffset? LapsedAt { get; private set; }

    /// <summary>What was agreed to, with the words.</summary>
    public IEnumerable<(ConsentCategory Category, string Terms)> Agreed()
    {
        if (TransactionalTerms is { } transactional)
        {
            yield return (ConsentCategory.Transactional, transactional);
        }
        if (MarketingTerms is { } marketing)
        {
            yield return (ConsentCategory.Marketing, marketing);
        }
    }

    /// <exception cref="InvalidOperationException">It was answered before, or has lapsed.</exception>
    public void Answer(DateTimeOffset at, Id<Client>? clientId)
    {
        if (AnsweredAt is not null || LapsedAt is not null)
        {
            throw new InvalidOperationException("A request is answered once.");
        }
        AnsweredAt = at;
        ClientId ??= clientId;
    }
}
