using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Consent;

/// <summary>
/// One entry of the consent book: granted or withdrawn, never changed afterwards. The newest entry of a client and
/// category holds; on a tie a withdrawal does.
/// </summary>
public sealed class ConsentRecord
{
    private ConsentRecord() { }

    public ConsentRecord(
        Id<ConsentRecord> id,
        Id<Client> clientId,
        ConsentCategory category,
        ConsentAction action,
        ConsentMethod method,
        string terms,
        DateTimeOffset at,
        string by,
        DateTimeOffset recordedAt
    )
    {
        Id = id;
        ClientId = clientId;
        Category = category;
        Action = action;
        Method = method;
        Terms = terms;
        At = at;
        By = by;
        RecordedAt = recordedAt;
    }

    public Id<ConsentRecord> Id { get; private set; }
    public Id<Client> ClientId { get; private set; }
    public ConsentCategory Category { get; private set; }
    public ConsentAction Action { get; private set; }
    public ConsentMethod Method { get; private set; }

    /// <summary>The exact words that were read or shown.</summary>
    public string Terms { get; private set; } = "";

    /// <summary>When the client said so.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>Who took it.</summary>
    public string By { get; private set; } = "";

    /// <summary>When it was written down here.</summary>
    public DateTimeOffset RecordedAt { get; private set; }
}

/// <summary>What a consent covers. One never implies the other (47 CFR 64.1200: informational and marketing differ).</summary>
public enum ConsentCategory
{
    /// <summary>Reminders, confirmations, forms, documents, statements, files and updates on a patient.</summary>
    Transactional,
    Marketing,
}

public enum ConsentAction
{
    Granted,
    Withdrawn,
}

/// <summary>How a consent was given.</summary>
public enum ConsentMethod
{
    InPerson,
    Phone,
    OnlineForm,
    Text,
}
