using System.Collections.Frozen;

namespace Clinic.Inbox.Consent;

/// <summary>
/// Wordings that a reasonable person would read as "no more texts" (47 CFR 64.1200(a)(10)), wherever they stand in a
/// message, and those that only may be. What is about an animal ("stop the meds") or about a single appointment is neither.
/// </summary>
internal static class OptOutPhrases
{
    private static readonly Dictionary<string, string> Lists = new(StringComparer.Ordinal)
    {
        ["stop"] = "stop stopall quit cease discontinue halt",
        ["texting"] = "texting messaging contacting spamming",
        ["pestering"] = "bothering harassing bugging annoying pestering",
        ["texts"] =
            "texts text messages message sms mms reminders notifications alerts spam messaging texting",
        ["plural"] = "texts messages sms mms reminders notifications alerts spam",
        ["which"] =
            "the these those this all any your my me us getting receiving sending of future further more unwanted automated please with anymore",
        ["me"] = "me us",
        ["list"] =
            "list lists mailing database texts messages messaging texting contacts system distribution",
        ["the"] = "the your this that these those all any of every my our",
        ["please"] = "please ever just also",
        ["number"] = "number phone cell mobile",
    };

    private static readonly FrozenDictionary<string, PhrasePattern[]> OptOut = Index(
        "@stop @please* @texting @me?",
        "@stop @pestering @me",
        "@stop sending @which* @texts",
        "@stop sending @me? this|these|those|them|stuff|things|junk|crap? anymore|please|now? $",
        "@stop|end|cancel|discontinue @which* @plural",
        "@stop text|message please|now? $",
        "end|cancel text|message please|now? $",
        "no more @which* @plural",
        "^ please? no @plural please|thanks? $",
        "dont|never @please* text|message|contact|sms @me",
        "dont|never @please* text|message|contact|sms anymore|again|here|this",
        "^ please? dont|never @please* text|message|sms please|anymore? $",
        "dont|never @please* send @me? anymore|any|these|those|your|more|further|the|a? more|of|these|those|your? @texts",
        "remove|delete|take|get|unsubscribe|drop|scratch|strike @me from|off @the* text|mailing|contact|sms? @list",
        "^ please? remove @me please|now|thanks? $",
        "remove @me please? $",
        "take|get @me off this|that|it? $",
        "^ please? delete|unlist @me please|now? $",
        "^ please? no texting please? $",
        "dont|never send @me? this|these|those|them|anything|stuff anymore|again|please|ever? $",
        "me desabonner|desinscrire",
        "alto|pare|paren a? los|sus|estos? mensajes|textos",
        "remove|delete|erase|take @the* @number please|now? $",
        "remove|delete|erase|take @the* @number from|off @the* text|mailing|contact|sms? @list",
        "remove|delete|take @the* @number off $",
        "remove|take @the* name|info|information off|from @the* @list",
        "unsubscribe",
        "^ please? optout please|now|thanks? $",
        "i optout $",
        "want|like|wish|need|choose|going to optout $",
        "to optout of? @which* @plural",
        "optout @me|please|now $",
        "opt @me out",
        "optout of? @which* @texts",
        "i am? optout $",
        "im optout $",
        "revoke|withdraw|rescind @the* consent|permission|authorization",
        "i revoke",
        "dont consent to @which* @texts",
        "i already? said stop",
        "i already? texted|replied|sent stop $",
        "i already? told you to? stop",
        "deje|dejen|deja de enviarme|mandarme|escribirme|textearme|molestarme|enviar|mandar|contactarme",
        "no me envie|envien|envies|mande|manden|mandes|escriba|escriban|escribas|contacte|contacten|contactes|texteen|textees",
        "no mas mensajes|textos|sms",
        "no envie|envien|mande|manden mas",
        "alto mensajes|textos",
        "^ no mas $",
        "^ alto todo $",
        "paren de enviarme|mandarme|escribirme|enviar",
        "darme|darse|dame|denme|deme de baja",
        "quitarme|borrarme|quiteme|borreme|saqueme|saquenme|eliminenme|elimineme|quitenme de su|la|tu|esta lista",
        "cancelar|cancele mensajes|textos|suscripcion",
        "arretez|arreter|arrete|cessez de menvoyer|mecrire|me|mecrivez|mimportuner",
        "arretez|arreter|arrete les|ces|vos messages|textos|sms",
        "ne menvoyez|mecrivez|mecris|menvoie plus",
        "ne me contactez|textez|contacte|texte plus",
        "^ plus de messages|textos|sms",
        "retirez|enlevez|supprimez|desabonnez|desinscrivez moi"
    );

    private static readonly FrozenDictionary<string, PhrasePattern[]> Possible = Index(
        "dont|nolonger|never want|wish|need|care|like to? receive|get|have? @which* @texts",
        "dont want you|yall? to? text|texting|message|contact",
        "dont want to? be? texted|contacted|messaged",
        "dont want|need anything from you",
        "want|need you|this|these|it|yall to stop $",
        "can|could|would|will you please? stop $",
        "leave|let @me alone|be",
        "go away",
        "piss|fuck|eff|f off",
        "lose|forget|delete|erase|remove|take @the* @number",
        "wrong number|person|phone|guy|lady",
        "not|isnt nolonger? my|his|her|their|the right|correct|same? @number",
        "nolonger my|his|her|their @number",
        "not|isnt|nolonger interested",
        "nolonger a? client|customer|patient",
        "never|didnt sign|signed up for this|these|texts|messages|that|your|any",
        "never|didnt sign|signed up $",
        "never|didnt subscribe|subscribed",
        "never|didnt consent|agree|agreed|ask|asked to|for @which* @texts",
        "too|so many @texts",
        "this|its|these|is|are spam",
        "reported|reporting|report as|for|you|this spam?",
        "reported|reporting you",
        "how do|can|to i? unsubscribe",
        "how do|can|to i? optout",
        "how do|can i? @stop @which* @texts",
        "^ stop it|that|this|already|bothering|calling",
        "dont|stop call|calling @me",
        "^ no more $",
        "^ enough already $",
        "knock it off",
        "^ stop to optout|unsubscribe|end|cancel|quit|stop",
        "^ reply|text|send stop $",
        "optout $",
        "optout of this|these|that|it|everything",
        "want|need off of? your|this|the list",
        "@stop getting|receiving this|these|those|them",
        "fuck|screw you",
        "get lost",
        "buzz off",
        "cease and desist",
        "report you",
        "i already? texted|replied|sent|said stop and|but|already|yesterday|times|twice",
        "^ quit it|that|this $",
        "ne plus me contacter|ecrire|texter",
        "^ cancel all|everything|subscription|membership $",
        "^ cancel my subscription|membership $",
        "^ stop|end everything|subscription|service $",
        "dont text|message|contact|sms",
        "dont bother|harass|spam @me",
        "do i unsubscribe",
        "numero equivocado|incorrecto|errado",
        "mauvais|faux numero",
        "tromper|trompe de numero",
        "persona equivocada",
        "no quiero|deseo mas? recibir? mas? mensajes|textos|sms|recibir",
        "dejeme|dejenme|dejame en? paz|tranquilo|tranquila",
        "ne veux|souhaite plus",
        "laissez moi tranquille",
        "fichez moi la paix"
    );

    private static readonly FrozenDictionary<string, PhrasePattern[]> WrongNumber = Index(
        "wrong number|person|phone|guy|lady",
        "not|isnt my|his|her|their|the right|correct @number",
        "nolonger my|his|her|their @number",
        "numero equivocado|incorrecto|errado",
        "mauvais|faux numero",
        "tromper|trompe de numero",
        "persona equivocada"
    );

    private static readonly FrozenSet<string> Negators = Set(
        "dont never didnt doesnt not wont cant wouldnt shouldnt without isnt"
    );

    /// <summary>Words that may stand between a negation and what it negates: "don't want you to stop texting".</summary>
    private static readonly FrozenSet<string> Between = Set(
        "ever please you dare want need have to us me mean wish like think should we i wanna gonna going just ask asked say said tell told it accidentally"
    );

    /// <summary>Whoever does not text is no "don't text me".</summary>
    private static readonly FrozenSet<string> Subjects = Set(
        "i we they you he she it people if usually"
    );

    /// <summary>Narrow a wish to a time, a place or a matter: staff decide what is meant.</summary>
    private static readonly FrozenSet<string> Narrowing = Set(
        "at before after during until till between while when about if for tonight tomorrow so unless"
    );

    /// <summary>What the clauses say, the strongest first; a wrong number is at least possible.</summary>
    public static KeywordClass Find(
        IReadOnlyList<IReadOnlyList<string>> clauses,
        out bool isWrongNumber
    )
    {
        var found = KeywordClass.None;
        isWrongNumber = false;
        foreach (var clause in clauses)
        {
            for (var i = 0; i < clause.Count; i++)
            {
                if (
                    IsNegated(clause, i)
                    || IsEchoed(clause, i, isFirst: ReferenceEquals(clause, clauses[0]))
                )
                {
                    continue;
                }
                if (Matches(OptOut, clause, i, out var end))
                {
                    if (!Narrows(clause, end) && !IsQuestionHow(clause, i))
                    {
                        found = KeywordClass.OptOut;
                    }
                    found = found is KeywordClass.None ? KeywordClass.PossibleOptOut : found;
                }
                else if (found is KeywordClass.None && Matches(Possible, clause, i, out _))
                {
                    found = KeywordClass.PossibleOptOut;
                }
                isWrongNumber |= Matches(WrongNumber, clause, i, out _);
            }
        }
        return found;
    }

    private static bool IsNegated(IReadOnlyList<string> clause, int at)
    {
        if (clause[at] is "dont" or "never" && at > 0 && Subjects.Contains(clause[at - 1]))
        {
            // "I don't want these texts" speaks of the client; "I don't text" and "you don't text me back" ask for nothing.
            return at + 1 < clause.Count
                && clause[at + 1] is "text" or "message" or "contact" or "sms" or "send";
        }
        for (var i = at - 1; i >= 0 && i >= at - 6; i--)
        {
            if (Negators.Contains(clause[i]))
            {
                // "Why won't you stop texting me" asks for the stop that it misses.
                var asks =
                    clause[i] is "wont" or "cant" or "dont"
                    && i + 1 < at
                    && clause[i + 1] is "you"
                    && i > 0
                    && clause[i - 1] is "why";
                var complains =
                    clause[i] is "wont" or "dont" && i > 0 && clause[i - 1] is "you" && i + 1 == at;
                return !asks && !complains;
            }
            if (!Between.Contains(clause[i]))
            {
                return false;
            }
        }
        return false;
    }

    /// <summary>Our own footer sent back: "Reply STOP to opt out", "… STOP to end".</summary>
    private static bool IsEchoed(IReadOnlyList<string> clause, int at, bool isFirst)
    {
        for (var i = Math.Max(0, at - 5); i <= at; i++)
        {
            var isInstruction =
                clause[i]
                is "reply"
                    or "text"
                    or "send"
                    or "respond"
                    or "responda"
                    or "responde"
                    or "envie"
                    or "envia"
                    or "repondez"
                    or "envoyez";
            if (isInstruction && i + 2 < clause.Count)
            {
                var word =
                    i + 1 + (clause[i + 1] is "with" or "word" or "con" or "par" or "back" ? 1 : 0);
                if (
                    word + 1 < clause.Count
                    && KeywordLists.OptOut.Contains(clause[word])
                    && clause[word + 1] is "to" or "para" or "pour" or "a"
                )
                {
                    return true;
                }
            }
            if (
                clause[i] is "stop"
                && (i > 0 || !isFirst)
                && i + 2 < clause.Count
                && clause[i + 1] is "to"
                && KeywordLists.OptOut.Contains(clause[i + 2])
            )
            {
                return true;
            }
        }
        return false;
    }

    private static bool Narrows(IReadOnlyList<string> clause, int at) =>
        at < clause.Count
        && Narrowing.Contains(clause[at])
        && !(
            at + 1 < clause.Count && clause[at + 1] is "this" or "any" or "good" or "all" or "ever"
        );

    private static bool IsQuestionHow(IReadOnlyList<string> clause, int at)
    {
        for (var i = Math.Max(0, at - 4); i < at; i++)
        {
            if (clause[i] is "how" or "where" or "did")
            {
                return true;
            }
        }
        return false;
    }

    private static bool Matches(
        FrozenDictionary<string, PhrasePattern[]> patterns,
        IReadOnlyList<string> clause,
        int at,
        out int end
    )
    {
        end = -1;
        if (patterns.TryGetValue(clause[at], out var candidates))
        {
            foreach (var pattern in candidates)
            {
                end = Math.Max(end, pattern.EndOfMatchAt(clause, at));
            }
        }
        return end >= 0;
    }

    private static FrozenDictionary<string, PhrasePattern[]> Index(params string[] patterns) =>
        patterns
            .Select(pattern => new PhrasePattern(pattern, Lists))
            .SelectMany(pattern =>
                pattern.Starts.Distinct(StringComparer.Ordinal).Select(start => (start, pattern))
            )
            .GroupBy(pair => pair.start, pair => pair.pattern, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet();
}
