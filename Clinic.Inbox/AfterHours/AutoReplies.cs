using System.Text.RegularExpressions;

namespace Clinic.Inbox.AfterHours;

/// <summary>Tells another machine's automatic answer from a person's text: two machines must not talk to each other.</summary>
public static partial class AutoReplies
{
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
