using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// Vonage's error codes in words for the front desk: what happened and what to do. Source: Vonage's list of Messages
/// API errors (developer.vonage.com/api-errors/messages).
/// </summary>
public static class CarrierErrors
{
    private const string Transient =
        "The phone network had a passing fault. Send it again in a few minutes.";
    private const string Parameters =
        "The carrier could not read the message. Change its text or attachment and send it again; if it happens again, tell your administrator.";
    private const string Sender =
        "The carrier does not accept this line as a sender. Tell your administrator to check the line at the carrier.";
    private const string Recipient =
        "This number can't get texts. Check the number with the client, or call them.";
    private const string Fraud =
        "The carrier's fraud protection stopped this text. Call the client, and tell your administrator.";
    private const string MediaAddress =
        "The carrier could not fetch the attachment. Attach it again and resend; if it happens again, tell your administrator.";

    private static readonly FrozenDictionary<string, string> Sentences = new Dictionary<
        string,
        string
    >(StringComparer.Ordinal)
    {
        ["1000"] = "Too many texts went out at once. Wait a minute and send it again.",
        ["1020"] = Parameters,
        ["1021"] = Parameters,
        ["1022"] = Parameters,
        ["1030"] = Transient,
        ["1050"] =
            "The carrier has blocked this number for our account. Don't text it again; call the client.",
        ["1060"] = Parameters,
        ["1070"] =
            "The texting account has no credit left. Tell your administrator; send it again once it is topped up.",
        ["1080"] = Parameters,
        ["1090"] = Parameters,
        ["1100"] = Transient,
        ["1110"] = Parameters,
        ["1120"] = Sender,
        ["1130"] = Recipient,
        ["1140"] = "Phones can't get this kind of message. Send it as plain text or as a photo.",
        ["1150"] = Parameters,
        ["1160"] = Parameters,
        ["1170"] =
            "This is not a number that can be texted. Check it in the client's profile and send it again.",
        ["1180"] = Transient,
        ["1190"] =
            "The carrier does not let this text through to this number. Don't send it again; call the client.",
        ["1210"] =
            "The carrier took this text for spam. Reword it without links or capitals and send it again, or call the client.",
        ["1220"] = Transient,
        ["1230"] = Transient,
        ["1240"] =
            "The client has opted out of texts from this line. Don't text them; they can text START to opt in again.",
        ["1330"] = "The network did not say why it failed. Send it again once, or call the client.",
        ["1331"] = Transient,
        ["1360"] =
            "The phone was off or out of reach too long and the text expired. Send it again or call the client.",
        ["1380"] = MediaAddress,
        ["1381"] =
            "The attachment is too large to be texted. Send a smaller one, or a private link to it.",
        ["1382"] =
            "Phones can't get this type of attachment. Send a photo or a PDF, or a private link to it.",
        ["1420"] = Sender,
        ["1430"] = Recipient,
        ["1440"] = "Phones can't get this kind of message. Send it as plain text or as a photo.",
        ["1450"] =
            "The carrier refused our reference for this message. Tell your administrator; it is not your mistake.",
        ["1460"] =
            "The line has reached its limit of texts for today. Send it again tomorrow, or call the client.",
        ["1470"] = Fraud,
        ["1471"] = Fraud,
        ["1472"] = Fraud,
        ["1473"] = Fraud,
        ["1474"] = Fraud,
        ["1475"] = Fraud,
        ["1476"] = Fraud,
        ["1490"] = "Parts of a long text did not all arrive in time. Shorten it and send it again.",
        // Failures of the account, which Vonage names by word instead of number.
        ["unathorized"] =
            "The carrier does not accept our credentials. Tell your administrator to check the carrier settings.",
        ["unauthorized"] =
            "The carrier does not accept our credentials. Tell your administrator to check the carrier settings.",
        ["unprovisioned"] =
            "Our account may not send this at the carrier. Tell your administrator to check the account's features.",
        ["forbidden"] =
            "Our account may not send this at the carrier. Tell your administrator to check the account's features.",
        ["low-balance"] =
            "The texting account has no credit left. Tell your administrator; send it again once it is topped up.",
        ["invalid-json"] = Parameters,
        ["not-found"] = Parameters,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every code that has a sentence of its own.</summary>
    internal static IEnumerable<string> Known => Sentences.Keys;

    /// <summary>The problem for a code; an unknown or empty one gets a fair sentence.</summary>
    public static CarrierProblem Describe(string code, string detail) =>
        new(
            code,
            Sentences.GetValueOrDefault(code)
                ?? "The carrier could not deliver this text. Send it again once, or call the client.",
            detail
        );

    /// <summary>The problem in an <c>error</c> object or a problem document, whatever of it is there.</summary>
    internal static CarrierProblem Describe(JsonElement error)
    {
        if (error.ValueKind is not JsonValueKind.Object)
        {
            return Describe("", "");
        }
        var title = TextOrNumber(error, "title"u8);
        var type = TextOrNumber(error, "type"u8);
        // Vonage's own documents spell it both ways.
        var detail = TextOrNumber(error, "detail"u8) is { Length: > 0 } named
            ? named
            : TextOrNumber(error, "details"u8);
        return Describe(Code(title, type), Shorten(string.Join(": ", NotEmpty(title, detail))));
    }

    private static string Code(string title, string type)
    {
        if (IsNumber(title))
        {
            return title;
        }
        var hash = type.LastIndexOf('#');
        var fragment = hash < 0 ? "" : type[(hash + 1)..];
        return IsNumber(fragment) || Sentences.ContainsKey(fragment) ? fragment : "";
    }

    private static string TextOrNumber(JsonElement error, ReadOnlySpan<byte> name) =>
        JsonText.TryFind(error, name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => JsonText.Read(value).Trim(),
                JsonValueKind.Number => value.GetRawText(),
                _ => "",
            }
            : "";

    private static bool IsNumber(string text) =>
        text.Length is > 0 and <= 6
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static IEnumerable<string> NotEmpty(params string[] parts) =>
        parts.Where(p => p.Length > 0).Distinct(StringComparer.Ordinal);

    private static string Shorten(string text) =>
        text.Length <= 500 ? text : JsonText.Safe(text[..499]) + "…";
}
