using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.People;

/// <summary>
/// Identity's hashing of the password in one form (NIST SP 800-63B, 3.1.1.2: NFKC): an "é" typed on another keyboard may
/// come as two characters and is the same password.
/// </summary>
internal sealed class PasswordHashing(IOptions<PasswordHasherOptions> options)
    : PasswordHasher<InboxUser>(options)
{
    public override string HashPassword(InboxUser user, string password) =>
        base.HashPassword(user, Normal(password));

    public override PasswordVerificationResult VerifyHashedPassword(
        InboxUser user,
        string hashedPassword,
        string providedPassword
    ) => base.VerifyHashedPassword(user, hashedPassword, Normal(providedPassword));

    // Rune by rune: half of a surrogate pair is no character and could neither be normalised nor hashed.
    private static string Normal(string password) =>
        string.Concat(password.EnumerateRunes()).Normalize(NormalizationForm.FormKC);
}
