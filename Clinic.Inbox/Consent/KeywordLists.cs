using System.Collections.Frozen;

namespace Clinic.Inbox.Consent;

/// <summary>
/// Words that decide when they are the whole message (but for courtesy). The English opt-outs are those of 47 CFR
/// 64.1200(a)(10) and CTIA's Messaging Principles; Spanish and French stand beside them. Folded: lower case, no accents.
/// </summary>
internal static class KeywordLists
{
    /// <summary>Cannot mean anything else, so they count as a sentence of their own too.</summary>
    public static readonly FrozenSet<string> PlainStop = Set(
        "stop stopall unsubscribe optout alto arret"
    );

    /// <summary>Cancel: opts out, but an appointment may be meant.</summary>
    public static readonly FrozenSet<string> Cancel = Set(
        "cancel cancelar cancele cancela annuler annulez"
    );

    public static readonly FrozenSet<string> OptOut = Set(
            "end quit revoke remove parar pare paren parad detener detenga baja terminar nomas desuscribir desuscribirme "
                + "desuscribirse desuscribirte arreter arretez arrete desabonner desabonnement desinscrire desinscription "
                + "desabonnez desinscrivez"
        )
        .Union(PlainStop)
        .Union(Cancel)
        .ToFrozenSet();

    /// <summary>
    /// Slips of the thumb and words that may be meant so. A list, not an edit distance: shop and step are no stop.
    /// </summary>
    public static readonly FrozenSet<string> Possible = Set(
        "stopp sotp stpo tsop stp sopt stoo stoip stopo stol stlp srop atop dtop xtop sstop st0p stopit stopplease pleasestop stoptexting "
            + "stoptext stopmsg stopmessages stopnow unsubcribe unsuscribe unsubscibe unsubscrib unsubscribed unsubsribe "
            + "unsubsrcibe unsubscride unsuscribed unsubscirbe unsubscriber unsubscription qiut quitt cancle cancell "
            + "canel opout otpout optuot revok exit block spam enough delete basta salir borrar eliminar fin quitter "
            + "stop2end stop2quit desinstalar retirer supprimer"
    );

    public static readonly FrozenSet<string> OptIn = Set(
        "start unstop optin subscribe resubscribe iniciar comenzar empezar commencer demarrer"
    );

    public static readonly FrozenSet<string> Help = Set(
        "help info information ayuda informacion aide"
    );

    public static readonly FrozenSet<string> Confirm = Set(
        "c confirm confirmed yes y yep yeah yup si oui confirmo confirmado confirmar confirme confirmer"
    );

    /// <summary>The confirmations that answer any question, and so one for consent.</summary>
    public static readonly FrozenSet<string> Yes = Set("yes y yep yeah yup si oui");

    /// <summary>Words that a confirmation may carry besides: "yes, I confirm my appointment".</summary>
    public static readonly FrozenSet<string> AroundConfirm = Set(
        "i je my the appointment appt mi la cita mon rendezvous rdv thanks gracias merci"
    );

    /// <summary>Politeness that changes nothing, in front or behind.</summary>
    public static readonly FrozenSet<string> Courtesy = Set(
        "please thanks ok hi hello hey now immediately already just por favor gracias sil vous plait svp merci hola bonjour "
            + "sir maam and"
    );

    /// <summary>The part of courtesy that leaves HELP and YES what they are; "help now" is an emergency.</summary>
    public static readonly FrozenSet<string> Polite = Set(
        "please thanks ok hi hello hey por favor gracias sil vous plait svp merci hola bonjour and"
    );

    /// <summary>Around stop only: "No, stop", "omg stop".</summary>
    public static readonly FrozenSet<string> AroundStop = Set("yes no si oui i said");

    /// <summary>Makes of a stop a question for staff: it may be in jest.</summary>
    public static readonly FrozenSet<string> Jest = Set(
        "lol omg haha hahaha lmao it that this these those doing so"
    );

    public static readonly FrozenSet<string> SpeaksOfCancelling = Set(
        "cancel cancle cancell canceling cancelling cancellation cancelation cancelar cancele cancela cancelen annuler annulez "
            + "annulation"
    );

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet();
}
