namespace Clinic.Inbox.Conversations;

/// <summary>How the carrier writes a text's characters into segments (3GPP TS 23.038, section 4).</summary>
public enum SmsEncoding
{
    /// <summary>The 7-bit default alphabet with its extension table: 160 septets alone, 153 a part.</summary>
    Gsm7,

    /// <summary>16 bits a character: 70 UTF-16 units alone, 67 a part. One character outside GSM-7 makes the whole text so.</summary>
    Ucs2,
}

/// <summary>The names and sizes of an <see cref="SmsEncoding"/>.</summary>
public static class SmsEncodings
{
    /// <summary><c>GSM-7</c> or <c>UCS-2</c>, as the API and the composer write it.</summary>
    public static string Display(this SmsEncoding encoding) =>
        encoding is SmsEncoding.Gsm7 ? "GSM-7" : "UCS-2";

    /// <summary>Units that fit when the whole text is one segment: 160 septets or 70 UTF-16 units.</summary>
    public static int UnitsAlone(this SmsEncoding encoding) =>
        encoding is SmsEncoding.Gsm7 ? 160 : 70;

    /// <summary>
    /// Units that fit in each segment of a longer text: 153 septets or 67 UTF-16 units, since every part carries a
    /// 6-octet header (3GPP TS 23.040, 9.2.3.24.1).
    /// </summary>
    public static int UnitsPerPart(this SmsEncoding encoding) =>
        encoding is SmsEncoding.Gsm7 ? 153 : 67;
}
