using System.Diagnostics.CodeAnalysis;
using PhoneNumbers;

namespace Clinic.Inbox.Data;

/// <summary>
/// A number that can be texted, as E.164 with <c>+</c> (at most 15 digits). Short codes are no E.164 and are kept as
/// their bare digits; nobody can start a conversation with one.
/// </summary>
public readonly record struct PhoneNumber
{
    private static readonly PhoneNumberUtil Phones = PhoneNumberUtil.GetInstance();

    private PhoneNumber(string value) => Value = value;

    /// <summary><c>+14155550134</c>, or bare digits for a short code.</summary>
    public string Value { get; }

    /// <summary>E.164 digits without <c>+</c>, as the carrier writes them.</summary>
    public string Digits => Value.TrimStart('+');

    /// <summary>Takes a number as the database holds it.</summary>
    public static PhoneNumber FromStored(string value) => new(value);

    /// <summary>
    /// Takes a number as the carrier gives it. The carrier is believed: any run of 7 to 15 digits is a phone, any
    /// shorter one a short code. False for anything else (a sender name, an empty string).
    /// </summary>
    public static bool TryFromCarrier(string? text, out PhoneNumber number)
    {
        var digits = text?.Trim().TrimStart('+') ?? "";
        number = default;
        if (digits.Length is < 3 or > 15 || !digits.All(char.IsAsciiDigit))
        {
            return false;
        }
        number = new PhoneNumber(digits.Length < 7 ? digits : "+" + digits);
        return true;
    }

    /// <summary>
    /// Reads a number as a person types it, in the clinic's <paramref name="region"/> (ISO 3166, for example US). Refuses
    /// letters, extensions and impossible lengths, with the reason in <paramref name="problem"/>.
    /// </summary>
    public static bool TryParse(
        string? text,
        string region,
        out PhoneNumber number,
        [NotNullWhen(false)] out string? problem
    )
    {
        number = default;
        problem = null;
        text = text?.Trim() ?? "";
        if (text.Length == 0)
        {
            problem = "Enter a mobile number.";
        }
        else if (text.Length > 40)
        {
            problem = "That is too long for a phone number.";
        }
        else if (text.Any(char.IsLetter))
        {
            problem = "A phone number has no letters. Extensions can't be texted.";
        }
        else if (!TryParsePossible(text, region, out var parsed))
        {
            problem =
                "That is not a phone number. Enter it with area code, for example (415) 555-0134.";
        }
        else if (parsed.HasExtension)
        {
            problem = "Extensions can't be texted. Enter the mobile number alone.";
        }
        else
        {
            number = new PhoneNumber(Phones.Format(parsed, PhoneNumberFormat.E164));
        }
        return problem is null;
    }

    /// <summary>
    /// Whether it is an ordinary number of <paramref name="region"/>: not of another country that shares its code (Jamaica's
    /// is +1 as well), and none that costs its caller extra or is free to call.
    /// </summary>
    public bool IsOrdinaryOf(string region)
    {
        try
        {
            var parsed = Phones.Parse(Value, null);
            return Phones.IsValidNumberForRegion(parsed, region)
                && Phones.GetNumberType(parsed)
                    is PhoneNumberType.FIXED_LINE_OR_MOBILE
                        or PhoneNumberType.MOBILE;
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    /// <summary>The number as people of <paramref name="region"/> write it: nationally at home, internationally else.</summary>
    public string Display(string region)
    {
        if (!Value.StartsWith('+'))
        {
            return Value;
        }
        try
        {
            var parsed = Phones.Parse(Value, null);
            return Phones.Format(
                parsed,
                parsed.CountryCode == Phones.GetCountryCodeForRegion(region)
                    ? PhoneNumberFormat.NATIONAL
                    : PhoneNumberFormat.INTERNATIONAL
            );
        }
        catch (NumberParseException)
        {
            return Value;
        }
    }

    /// <summary>ISO 3166 region of the number, for example CA; null when it is none's or a short code.</summary>
    public string? Region
    {
        get
        {
            try
            {
                return Value.StartsWith('+')
                    ? Phones.GetRegionCodeForNumber(Phones.Parse(Value, null))
                    : null;
            }
            catch (NumberParseException)
            {
                return null;
            }
        }
    }

    /// <summary>The number for a log: its last two digits only.</summary>
    public string Masked => Value.Length <= 2 ? "…" : "…" + Value[^2..];

    public override string ToString() => Value;

    private static bool TryParsePossible(
        string text,
        string region,
        [NotNullWhen(true)] out PhoneNumbers.PhoneNumber? parsed
    )
    {
        // Digits with their country code but without "+" are how carriers and exports write numbers: tried second.
        foreach (var candidate in (string[])[text, "+" + text])
        {
            try
            {
                parsed = Phones.Parse(candidate, region);
                if (Phones.IsPossibleNumber(parsed) && parsed.NationalNumber > 999_999)
                {
                    return true;
                }
            }
            catch (NumberParseException)
            {
                // Not readable this way; the next candidate decides.
            }
        }
        parsed = null;
        return false;
    }
}
