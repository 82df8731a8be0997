using System.Security.Cryptography;
using System.Text;
using Clinic.Inbox.Consent;

namespace Clinic.Inbox.ConsentPages;

/// <summary>What the public form shows.</summary>
/// <param name="Transactional">The exact words beside its box.</param>
/// <param name="Marketing">The exact words beside its box.</param>
/// <param name="IsOpen">A line is on: somebody would get a text.</param>
public sealed record OptInOffer(
    string Clinic,
    string Phone,
    string Transactional,
    string Marketing,
    bool IsOpen
)
{
    /// <summary>
    /// Comes back with the form: a consent to words that were changed while somebody read them would be a consent to
    /// nothing.
    /// </summary>
    public string Seal =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes($"{Transactional}\0{Marketing}\0{ConsentTerms.OnlineRules}")
            )
        )[..16];
}

/// <summary>What somebody sent.</summary>
/// <param name="Seal">Of the words that were read: <see cref="OptInOffer.Seal"/>.</param>
public sealed record OptInForm(
    string Name,
    string Number,
    bool Transactional,
    bool Marketing,
    string Seal
);

/// <summary>What came of it. Whether a text leaves is never told: it would tell strangers what the clinic knows of a number.</summary>
public abstract record OptInResult
{
    private OptInResult() { }

    /// <summary>If the number can get texts, one is on its way.</summary>
    public sealed record Taken : OptInResult;

    /// <summary>The form can't be understood as it stands.</summary>
    /// <param name="Problems">By field: name, number, agreed.</param>
    public sealed record Invalid(IReadOnlyList<(string Field, string Text)> Problems) : OptInResult;

    /// <summary>The words were changed meanwhile and must be read again.</summary>
    public sealed record OtherWords : OptInResult;
}
