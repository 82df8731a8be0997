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

    private static string Normal(string password)
    {
        try
        {
            return password.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair: no character, and so itself.
            return password;
        }
    }
}
