namespace Clinic.Inbox.Consent;

/// <summary>What an incoming text asks of the clinic's texting, before any person has read it.</summary>
public enum KeywordClass
{
    /// <summary>Ordinary conversation.</summary>
    None,

    /// <summary>Ends all texts to the number at once (47 CFR 64.1200(a)(10); CTIA Messaging Principles, 5.1.3).</summary>
    OptOut,

    /// <summary>May be meant as an opt-out: staff decide.</summary>
    PossibleOptOut,

    /// <summary>Brings texts back; marketing consent stays as it was.</summary>
    OptIn,

    /// <summary>Asks who this is and how to stop (CTIA Messaging Principles, 5.1.3).</summary>
    Help,

    /// <summary>Confirms an appointment, when the text answers one that asked for it.</summary>
    Confirm,
}

/// <summary>The names of a <see cref="KeywordClass"/> outside the program.</summary>
public static class KeywordClasses
{
    /// <summary>The <c>class</c> of <c>POST /text/analyze</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no class.</exception>
    public static string WireName(this KeywordClass value) =>
        value switch
        {
            KeywordClass.None => "none",
            KeywordClass.OptOut => "opt-out",
            KeywordClass.PossibleOptOut => "possible-opt-out",
            KeywordClass.OptIn => "opt-in",
            KeywordClass.Help => "help",
            KeywordClass.Confirm => "confirm",
            _ => throw new ArgumentOutOfRangeException(nameof(value), value, message: null),
        };
}
