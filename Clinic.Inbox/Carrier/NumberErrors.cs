namespace Clinic.Inbox.Carrier;

/// <summary>
/// What Vonage's Numbers API says no with, in words for a practice manager: what happened and what to do. Source: the
/// API's description 1.0.20 (401 authentication failed; 420 method failed, or a country whose numbers need a local address).
/// </summary>
internal static class NumberErrors
{
    public const string Silent =
        "Vonage gave no clear answer. Wait a minute and try again; if it goes on, look at Vonage's status page.";

    public const string Credentials =
        "Vonage does not accept the API key and secret. An administrator compares Vonage:ApiKey and Vonage:ApiSecret with the API settings of Vonage's dashboard.";

    public static string Describe(int code, string label) =>
        code switch
        {
            401 or 403 => Credentials,
            429 => "Vonage was asked too often. Wait a minute and try again.",
            _ when Says(label, "address", "dashboard") =>
                "Numbers of this country need a local address or papers first. Request one in Vonage's dashboard, then an administrator adds it in Settings, Lines.",
            _ when Says(label, "credit", "balance", "funds") =>
                "The Vonage account has too little credit for this number. Top it up in Vonage's dashboard, then try again.",
            _ when Says(label, "not available", "unavailable", "not found", "already") =>
                "Somebody else has taken this number meanwhile. Choose another one.",
            420 =>
                "Vonage did not let us have this number: it may be taken already, or the account may have too little credit. Choose another one, or look at the balance in Vonage's dashboard.",
            _ =>
                "Vonage refused this. Choose another number; if it happens again, tell your administrator.",
        };

    private static bool Says(string label, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (label.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }
}
