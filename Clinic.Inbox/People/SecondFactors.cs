using System.Buffers.Text;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using QRCoder;

namespace Clinic.Inbox.People;

/// <summary>A passkey as the list shows it.</summary>
/// <param name="Id">The credential's id, base64url.</param>
public sealed record PasskeyRow(string Id, string Name, DateTimeOffset AddedAt);

/// <summary>With what somebody can prove who they are beside the password.</summary>
/// <param name="App">An authenticator app is on.</param>
/// <param name="RecoveryCodes">How many are left.</param>
public sealed record FactorState(bool App, IReadOnlyList<PasskeyRow> Passkeys, int RecoveryCodes)
{
    public bool Any => App || Passkeys.Count > 0;

    /// <summary>Without one more there would be none.</summary>
    public bool IsLast => (App ? 1 : 0) + Passkeys.Count == 1;
}

/// <summary>What an authenticator app is told.</summary>
/// <param name="Key">In groups of four, to type.</param>
/// <param name="Picture">The QR code as the address of an SVG picture.</param>
public sealed record AppInvitation(string Key, string Picture);

/// <summary>Passkeys, authenticator apps and recovery codes of one's account, on Identity's own means.</summary>
public sealed class SecondFactors(
    SignInManager<InboxUser> signIn,
    IUserStore<InboxUser> store,
    InboxDb db,
    TimeProvider time
)
{
    /// <summary>Recovery codes that are made at once.</summary>
    public const int Codes = 10;

    /// <summary>Most passkeys of one person.</summary>
    public const int MostPasskeys = 10;

    public const int LongestName = 60;

    /// <summary>Where Identity keeps the app's key and the recovery codes among a user's tokens.</summary>
    internal const string TokenProvider = "[AspNetUserStore]";

    private const int CodeLength = 6;
    private const int LongestCredential = 64 * 1024;
    private const string Issuer = "Clinic.Inbox";

    private UserManager<InboxUser> Users => signIn.UserManager;

    public async Task<bool> HasAnyAsync(InboxUser user) =>
        user.TwoFactorEnabled || (await Users.GetPasskeysAsync(user)).Count > 0;

    public async Task<FactorState> StateAsync(InboxUser user) =>
        new(
            user.TwoFactorEnabled,
            [
                .. (await Users.GetPasskeysAsync(user))
                    .OrderBy(p => p.CreatedAt)
                    .Select(p => new PasskeyRow(
                        Base64Url.EncodeToString(p.CredentialId),
                        p.Name ?? "Passkey",
                        p.CreatedAt
                    )),
            ],
            await Users.CountRecoveryCodesAsync(user)
        );

    /// <summary>A new key for an app. It counts for nothing until a code of it was typed: <see cref="TurnOnAsync"/>.</summary>
    public async Task<AppInvitation> InviteAppAsync(InboxUser user)
    {
        if (user.TwoFactorEnabled)
        {
            throw new InvalidOperationException("An app is on; its key is not given away.");
        }
        await Keys.SetAuthenticatorKeyAsync(
            user,
            Users.GenerateNewAuthenticatorKey(),
            CancellationToken.None
        );
        await Users.UpdateAsync(user);
        return await InvitationAsync(user);
    }

    /// <summary>The key that was made last, shown once more.</summary>
    public async Task<AppInvitation> InvitationAsync(InboxUser user)
    {
        var key = await Users.GetAuthenticatorKeyAsync(user) ?? "";
        var name = Uri.EscapeDataString($"{Issuer}:{user.Email}");
        var address =
            $"otpauth://totp/{name}?secret={key}&issuer={Uri.EscapeDataString(Issuer)}&digits={CodeLength}";
        return new AppInvitation(
            string.Join(' ', key.ToLowerInvariant().Chunk(4).Select(four => new string(four))),
            Picture(address)
        );
    }

    /// <summary>Turns the app on when the code is of it. Sessions elsewhere end: Identity renews the stamp.</summary>
    public async Task<bool> TurnOnAsync(InboxUser user, string? code)
    {
        if (user.TwoFactorEnabled || !await UseCodeAsync(user, code))
        {
            return false;
        }
        Note(user, "user.appAdded");
        return (await Users.SetTwoFactorEnabledAsync(user, enabled: true)).Succeeded;
    }

    public async Task TurnOffAsync(InboxUser user)
    {
        Note(user, "user.appRemoved");
        user.LoseSecondFactor();
        await Users.RemoveAuthenticationTokenAsync(user, TokenProvider, "AuthenticatorKey");
        await ForgetCodesOfNothingAsync(user);
    }

    /// <summary>Whether a code of the app is right. Each opens once.</summary>
    public async Task<bool> UseCodeAsync(InboxUser user, string? code)
    {
        var digits = Tidy(code);
        return digits.Length == CodeLength
            && digits.All(char.IsAsciiDigit)
            && await Users.VerifyTwoFactorTokenAsync(
                user,
                TokenOptions.DefaultAuthenticatorProvider,
                digits
            )
            && user.TryUseCode(digits, DateTimeOffset.UtcNow)
            // Of two that use it at the same moment the second finds another stamp.
            && (await Users.UpdateAsync(user)).Succeeded;
    }

    /// <summary>Ten new recovery codes; those before them count for nothing.</summary>
    public async Task<IReadOnlyList<string>> MakeCodesAsync(InboxUser user)
    {
        Note(user, "user.recoveryCodesMade");
        return [.. await Users.GenerateNewTwoFactorRecoveryCodesAsync(user, Codes) ?? []];
    }

    /// <summary>The first recovery codes of somebody who has none; else nothing.</summary>
    public async Task<IReadOnlyList<string>> MakeFirstCodesAsync(InboxUser user) =>
        await Users.CountRecoveryCodesAsync(user) == 0 ? await MakeCodesAsync(user) : [];

    /// <summary>Uses a recovery code up.</summary>
    public async Task<bool> UseRecoveryCodeAsync(InboxUser user, string? code)
    {
        var letters = Tidy(code).ToUpperInvariant();
        if (letters.Length != 10 || !await HasAnyAsync(user))
        {
            return false;
        }
        return (
            await Users.RedeemTwoFactorRecoveryCodeAsync(user, $"{letters[..5]}-{letters[5..]}")
        ).Succeeded;
    }

    /// <summary>What a browser is asked so that its user's device makes a passkey; as JSON.</summary>
    public Task<string> AskForNewPasskeyAsync(InboxUser user) =>
        signIn.MakePasskeyCreationOptionsAsync(
            new PasskeyUserEntity
            {
                Id = user.Id,
                Name = user.Email!,
                DisplayName = user.DisplayName,
            }
        );

    /// <summary>Keeps the passkey that a device made.</summary>
    /// <returns>What is wrong, in plain words; null when it is kept.</returns>
    public async Task<string?> AddPasskeyAsync(InboxUser user, string? credential, string? name)
    {
        if (string.IsNullOrEmpty(credential) || credential.Length > LongestCredential)
        {
            return "No passkey was made. Try again.";
        }
        if ((await Users.GetPasskeysAsync(user)).Count >= MostPasskeys)
        {
            return $"You have {MostPasskeys} passkeys. Remove one first.";
        }
        var made = await TryAsync(() => signIn.PerformPasskeyAttestationAsync(credential));
        if (
            made is not { Succeeded: true, Passkey: { } passkey }
            // It was made for whoever asked for it.
            || made.UserEntity?.Id != user.Id
        )
        {
            return "The passkey could not be checked, or it took too long. Try again.";
        }
        if (await Users.FindByPasskeyIdAsync(passkey.CredentialId) is not null)
        {
            return "This passkey is here already.";
        }
        passkey.Name = NameOf(name);
        Note(user, "user.passkeyAdded");
        var kept = await Users.AddOrUpdatePasskeyAsync(user, passkey);
        return kept.Succeeded ? null : "The passkey could not be kept. Try again.";
    }

    public async Task RemovePasskeyAsync(InboxUser user, string? id)
    {
        if (
            id is { Length: > 0 and < 2000 }
            && Base64Url.IsValid(id)
            && Base64Url.DecodeFromChars(id) is var credential
            && await Users.GetPasskeyAsync(user, credential) is not null
        )
        {
            Note(user, "user.passkeyRemoved");
            await Users.RemovePasskeyAsync(user, credential);
            await ForgetCodesOfNothingAsync(user);
        }
    }

    /// <summary>What a browser is asked so that a device proves who its user is; as JSON.</summary>
    /// <param name="user">Whose passkeys; null when nobody has said who they are.</param>
    public Task<string> AskForPasskeyAsync(InboxUser? user) =>
        signIn.MakePasskeyRequestOptionsAsync(user!);

    /// <summary>Whose passkey answered; null when it is nobody's, wrong, or too late.</summary>
    internal async Task<InboxUser?> UsePasskeyAsync(string? credential)
    {
        if (string.IsNullOrEmpty(credential) || credential.Length > LongestCredential)
        {
            return null;
        }
        var answer = await TryAsync(() => signIn.PerformPasskeyAssertionAsync(credential));
        if (answer is not { Succeeded: true, User: { } user, Passkey: { } passkey })
        {
            return null;
        }
        // Its counter: a copy of the passkey would lag behind.
        return (await Users.AddOrUpdatePasskeyAsync(user, passkey)).Succeeded ? user : null;
    }

    /// <summary>Recovery codes stand in for a second factor: without one they would be a way around the password's own rules.</summary>
    private async Task ForgetCodesOfNothingAsync(InboxUser user)
    {
        if (!await HasAnyAsync(user))
        {
            await Users.RemoveAuthenticationTokenAsync(user, TokenProvider, "RecoveryCodes");
        }
        await Users.UpdateAsync(user);
    }

    /// <summary>
    /// Removes somebody's passkeys, key of the app and recovery codes; in the caller's transaction, beside
    /// <see cref="InboxUser.LoseSecondFactor"/>.
    /// </summary>
    internal static async Task ForgetAsync(InboxDb db, string userId)
    {
        await db.UserPasskeys.Where(p => p.UserId == userId).ExecuteDeleteAsync();
        await db
            .UserTokens.Where(t => t.UserId == userId && t.LoginProvider == TokenProvider)
            .ExecuteDeleteAsync();
    }

    private IUserAuthenticatorKeyStore<InboxUser> Keys =>
        (IUserAuthenticatorKeyStore<InboxUser>)store;

    /// <summary>Null where the browser answers what was never asked, or too late.</summary>
    private static async Task<T?> TryAsync<T>(Func<Task<T>> check)
        where T : class
    {
        try
        {
            return await check();
        }
        catch (Exception failure)
            when (failure
                    is InvalidOperationException
                        or ArgumentException
                        or FormatException
                        or PasskeyException
                        or System.Text.Json.JsonException
            )
        {
            return null;
        }
    }

    private static string NameOf(string? name)
    {
        var tidy = new string([.. (name ?? "").Where(c => !char.IsControl(c))]).Trim();
        return tidy.Length == 0 ? "Passkey"
            : tidy.Length > LongestName ? tidy[..LongestName]
            : tidy;
    }

    private static string Tidy(string? code) =>
        new([.. (code ?? "").Take(40).Where(c => !char.IsWhiteSpace(c) && c != '-')]);

    /// <summary>As a picture and not as markup: dark on white in every theme, since phones read nothing else.</summary>
    private static string Picture(string address)
    {
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        var svg = code.GetGraphic(
            4,
            "#000000",
            "#ffffff",
            drawQuietZones: true,
            SvgQRCode.SizingMode.ViewBoxAttribute
        );
        return "data:image/svg+xml;base64,"
            + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(svg));
    }

    // Saved by the user store together with the change: both or neither.
    private void Note(InboxUser user, string action) =>
        db.Note(time.GetUtcNow(), new Actor(user.Id, user.DisplayName), action, user.Id);
}
