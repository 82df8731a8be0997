using System.Text;

namespace Clinic.Inbox.Consent;

/// <summary>
/// Reads what an incoming text asks of the clinic's texting: stop, start, help, confirm. Our own detector comes before the
/// carrier's, which matches exactly and would miss "STOP PLEASE".
/// </summary>
/// <remarks>
/// Sources: 47 CFR 64.1200(a)(10) (stop, quit, end, revoke, opt out, cancel and unsubscribe revoke by themselves; any other
/// wording counts when a reasonable person would read it so) and CTIA's Messaging Principles and Best Practices, 5.1.
/// Where a rule is uncertain, the stricter reading is built. Time is linear in the text's length.
/// </remarks>
public static class Keywords
{
    /// <summary>The text's class alone; see <see cref="Match"/>.</summary>
    public static KeywordClass Classify(string text) => Match(text).Class;

    /// <summary>
    /// Folds the text (lone surrogates, compatibility forms, format characters, case, accents, punctuation, emoji), sets
    /// reactions aside, then looks for whole-message words, START, HELP, a confirmation, and last for phrases.
    /// </summary>
    public static KeywordMatch Match(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Tapback.Is(text, out var remainder))
        {
            return MatchOwnWords(text);
        }
        var behind = MatchOwnWords(remainder);
        return behind.Class is KeywordClass.OptOut or KeywordClass.PossibleOptOut
            ? behind
            : KeywordMatch.Nothing with
            {
                IsTapback = true,
            };
    }

    /// <summary>
    /// Whether a <see cref="KeywordClass.Confirm"/> says yes: C and CONFIRM mean an appointment, and a thumbs-up is no
    /// consent.
    /// </summary>
    public static bool SaysYes(string text) =>
        FoldedText.Of(text).Words.Any(KeywordLists.Yes.Contains);

    private static KeywordMatch MatchOwnWords(string text)
    {
        var folded = FoldedText.Of(text);
        if (folded.Words.Count == 0)
        {
            return IsThumbsUp(text) ? new KeywordMatch(KeywordClass.Confirm) : KeywordMatch.Nothing;
        }
        return WholeMessage(folded.Words) ?? Phrases(folded);
    }

    private static KeywordMatch? WholeMessage(IReadOnlyList<string> words)
    {
        // No whole-message keyword is longer; a long text is not walked again and again.
        if (words.Count > 12)
        {
            return null;
        }
        var core = words.Where(word => !KeywordLists.Courtesy.Contains(word)).ToList();
        if (
            core.Count > 0
            && core.TrueForAll(word =>
                KeywordLists.OptOut.Contains(word) || KeywordLists.OptIn.Contains(word)
            )
        )
        {
            // START beside STOP is a tie, and a tie goes to the opt-out.
            return core.Exists(KeywordLists.OptOut.Contains)
                ? new KeywordMatch(
                    KeywordClass.OptOut,
                    IsBareCancel: core.TrueForAll(KeywordLists.Cancel.Contains)
                )
                : new KeywordMatch(KeywordClass.OptIn);
        }
        if (HasOnly(core, KeywordLists.PlainStop.Contains, KeywordLists.AroundStop.Contains))
        {
            return new KeywordMatch(KeywordClass.OptOut);
        }
        if (
            core is [var only] && (KeywordLists.Possible.Contains(only) || IsHeldDownStop(only))
            || HasOnly(core, KeywordLists.PlainStop.Contains, KeywordLists.Jest.Contains)
        )
        {
            return new KeywordMatch(
                KeywordClass.PossibleOptOut,
                MentionsCancelling: core.Exists(KeywordLists.SpeaksOfCancelling.Contains)
            );
        }
        if (IsStartAgain(core))
        {
            return new KeywordMatch(KeywordClass.OptIn);
        }
        core = words.Where(word => !KeywordLists.Polite.Contains(word)).ToList();
        if (core is [var help] && KeywordLists.Help.Contains(help))
        {
            return new KeywordMatch(KeywordClass.Help);
        }
        // "Please confirm" asks us to; "yes please" and "confirm, thanks" answer.
        return
            !(words is ["please", "confirm"])
            && HasOnly(core, KeywordLists.Confirm.Contains, KeywordLists.AroundConfirm.Contains)
            ? new KeywordMatch(KeywordClass.Confirm)
            : null;
    }

    private static KeywordMatch Phrases(FoldedText folded)
    {
        var found = OptOutPhrases.Find(folded.Clauses, out var isWrongNumber);
        var hasStopSentence =
            IsStopSentence(folded.Clauses[0]) || IsStopSentence(folded.Clauses[^1]);
        if (
            isWrongNumber
            && (
                KeywordLists.PlainStop.Contains(folded.Words[0])
                || KeywordLists.PlainStop.Contains(folded.Words[^1])
            )
        )
        {
            found = KeywordClass.OptOut;
        }
        else if (hasStopSentence)
        {
            // "STOP! Wrong number" has two signs and is plain; "Stop! He ate it" has one and is for staff to read.
            var isPlain =
                found is not KeywordClass.None
                || folded.Clauses.Any(clause =>
                    clause is ["who", "is", "this" or "it"] or ["sent", "from", "my", ..]
                );
            found = isPlain ? KeywordClass.OptOut : KeywordClass.PossibleOptOut;
        }
        return new KeywordMatch(
            found,
            MentionsCancelling: found is not KeywordClass.OptOut
                && SpeaksOfCancelling(folded.Words),
            IsWrongNumber: isWrongNumber
        );
    }

    private static bool IsStopSentence(IReadOnlyList<string> clause) =>
        clause.Count <= 4
        && clause.Any(KeywordLists.PlainStop.Contains)
        && clause.All(word =>
            KeywordLists.PlainStop.Contains(word) || KeywordLists.Courtesy.Contains(word)
        );

    /// <summary>"Start texting me again", "please start the texts": START in a sentence, and nothing else in it.</summary>
    private static bool IsStartAgain(List<string> core) =>
        core is ["start", "again"]
        || core is ["start" or "resume" or "restart", ..]
            && core.Skip(1)
                .Any(word =>
                    word
                        is "texting"
                            or "texts"
                            or "messages"
                            or "text"
                            or "messaging"
                            or "reminders"
                )
            && core.Skip(1)
                .All(word =>
                    word
                        is "texting"
                            or "texts"
                            or "messages"
                            or "text"
                            or "messaging"
                            or "reminders"
                            or "sending"
                            or "receiving"
                            or "getting"
                            or "me"
                            or "us"
                            or "the"
                            or "my"
                            or "your"
                            or "again"
                )
        || core
            is ["opt", "me" or "us", "back", "in"]
                or ["opt", "me" or "us", "in"]
                or ["opt", "back", "in"]
                or ["resubscribe" or "subscribe", "me" or "us"];

    /// <summary>"STOPPPP", "stooop": a letter held down, three times or more.</summary>
    private static bool IsHeldDownStop(string word)
    {
        var letters = new StringBuilder();
        for (var i = 0; i < word.Length; )
        {
            var run = 1;
            while (i + run < word.Length && word[i + run] == word[i])
            {
                run++;
            }
            letters.Append(word[i], run == 2 ? 2 : 1);
            i += run;
        }
        return letters.Length < word.Length && letters.ToString() is "stop" or "quit";
    }

    private static bool SpeaksOfCancelling(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (
                KeywordLists.SpeaksOfCancelling.Contains(words[i])
                && !(i > 0 && words[i - 1] is "dont" or "not" or "never" or "didnt")
            )
            {
                return true;
            }
        }
        return false;
    }

    private static bool HasOnly(
        List<string> words,
        Predicate<string> needed,
        Predicate<string> allowed
    ) => words.Exists(needed) && words.TrueForAll(word => needed(word) || allowed(word));

    /// <summary>One or more 👍 in any skin tone, and nothing else that can be seen but punctuation.</summary>
    private static bool IsThumbsUp(string text)
    {
        var thumbs = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0x1f44d)
            {
                thumbs++;
            }
            else if (rune.Value is not (>= 0x1f3fb and <= 0x1f3ff) && Rune.IsSymbol(rune))
            {
                return false;
            }
        }
        return thumbs > 0;
    }
}
