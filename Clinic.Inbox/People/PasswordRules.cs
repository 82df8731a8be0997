using System.Text;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>
/// NIST SP 800-63B-4, 3.1.1.2: length counts, composition does not, any character may be in it, and what everybody guesses
/// first is refused.
/// </summary>
internal sealed class PasswordRules : IPasswordValidator<InboxUser>
{
    /// <summary>
    /// Fewest characters: what NIST asks of a password that stands alone. Also of who has a second factor, which may be
    /// taken away again while the password stays.
    /// </summary>
    public const int Shortest = 15;

    /// <summary>Most UTF-16 units; far above what NIST asks to allow (64 characters).</summary>
    public const int Longest = 256;

    public static void Configure(PasswordOptions options)
    {
        // Counted below, in characters: Identity would count one outside the basic plane as two.
        options.RequiredLength = 1;
        options.RequireDigit = false;
        options.RequireLowercase = false;
        options.RequireUppercase = false;
        options.RequireNonAlphanumeric = false;
        options.RequiredUniqueChars = 1;
    }

    public Task<IdentityResult> ValidateAsync(
        UserManager<InboxUser> manager,
        InboxUser user,
        string? password
    )
    {
        if (password is null || password.EnumerateRunes().Count() < Shortest)
        {
            return Refuse("TooShort", $"Use at least {Shortest} characters.");
        }
        if (password.Length > Longest)
        {
            return Refuse("TooLong", $"Use at most {Longest} characters.");
        }
        return CommonPasswords.Contains(password) || IsOwnName(user, password)
            ? Refuse(
                "TooCommon",
                "That password is among the first that anybody would guess. Several words in a row are hard to guess and easy to remember."
            )
            : Task.FromResult(IdentityResult.Success);
    }

    private static bool IsOwnName(InboxUser user, string password)
    {
        var core = CommonPasswords.Core(password);
        var names = (string?[])
            [
                user.Email,
                user.Email?.Split('@')[0],
                user.DisplayName,
                user.DisplayName.Replace(" ", "", StringComparison.Ordinal),
            ];
        return names.Any(name =>
            name?.Length > 0
            && (
                name.Equals(password, StringComparison.OrdinalIgnoreCase)
                || CommonPasswords.Core(name).Equals(core, StringComparison.Ordinal)
            )
        );
    }

    private static Task<IdentityResult> Refuse(string code, string description) =>
        Task.FromResult(
            IdentityResult.Failed(new IdentityError { Code = code, Description = description })
        );
}
