using System.Text.RegularExpressions;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;

namespace Clinic.Inbox.AfterHours;

/// <summary>Tells another machine's automatic answer from a person's text: two machines must not talk to each other.</summary>
public static partial class AutoReplies
{
    /// <summary>
    /// Whether a text may get an automatic answer at all: keywords and what somebody took as an answer have texts of their own,
    /// and short codes and other machines are left alone.
    /// </summary>
    public static bool MayAnswer(StoredText text) =>
        !text.IsAnswered
        && text.Keyword.Class
            is not (
                KeywordClass.OptOut
                or KeywordClass.PossibleOptOut
                or KeywordClass.OptIn
                or KeywordClass.Help
            )
        && !LooksLikeOne(text.Text)
        && text.From.Value.StartsWith('+');

    public static bool LooksLikeOne(string text) => Wordings().IsMatch(text);

    [GeneratedRegex(
        @"\b(auto[- ]?(reply|response|responder|mated)|automat(ed|ic) (message|reply|response|text)|do not reply|don't reply|"
            + @"no-?reply|unmonitored|not monitored|out of (the )?office|away from my (desk|phone)|i'?m driving|"
            + @"sent (automatically )?(from|by) my car|driving mode|do not disturb|we are (currently )?closed|"
            + @"(outside|our)( of)?( our)?( normal| regular)? business hours|"
            + @"thanks? (you )?for (contacting|messaging|your message)|respuesta autom[aá]tica|r[eé]ponse automatique)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Wordings();
}
