namespace Clinic.Inbox.Documents;

/// <summary>What a private link leads to.</summary>
public enum DocumentKind
{
    File,
    Form,

    /// <summary>What the client owes, as the system knows it.</summary>
    Statement,
    PatientFile,

    /// <summary>Words of staff about a patient, perhaps with a photo.</summary>
    VisitUpdate,
}

/// <summary>Where a document stands.</summary>
public enum DocumentState
{
    Sent,
    Opened,
    Answered,
    Expired,
    Withdrawn,

    /// <summary>Too many wrong last names; sending it again unlocks it.</summary>
    Locked,

    /// <summary>It went as a picture in the text: there is no link to open.</summary>
    Picture,
}

/// <summary>Kinds and states as people read them.</summary>
public static class DocumentWords
{
    /// <summary>For staff: "Billing statement".</summary>
    public static string Name(this DocumentKind kind) =>
        kind switch
        {
            DocumentKind.Form => "Form",
            DocumentKind.Statement => "Billing statement",
            DocumentKind.PatientFile => "Patient file",
            DocumentKind.VisitUpdate => "Update",
            _ => "Document",
        };

    /// <summary>
    /// For the text and for whoever holds the link: "a billing statement". It says the kind and never the title: a lock
    /// screen shows a text to everybody ("Euthanasia consent").
    /// </summary>
    public static string Plainly(this DocumentKind kind) =>
        kind switch
        {
            DocumentKind.Form => "a form to fill in",
            DocumentKind.Statement => "a billing statement",
            DocumentKind.PatientFile => "a patient file",
            DocumentKind.VisitUpdate => "an update",
            _ => "a document",
        };

    /// <summary>"Opened".</summary>
    public static string Name(this DocumentState state) =>
        state switch
        {
            DocumentState.Sent => "Not opened yet",
            DocumentState.Opened => "Opened",
            DocumentState.Answered => "Answered",
            DocumentState.Expired => "Expired",
            DocumentState.Withdrawn => "Withdrawn",
            DocumentState.Locked => "Locked",
            _ => "Sent as picture",
        };
}
