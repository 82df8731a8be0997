using System.Net;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.Tests.People;

/// <summary>NIST SP 800-63B-4, 3.1.1.2.</summary>
public sealed class PasswordRulesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    // No composition is asked for, and any character may be in it.
    [InlineData("kettle orbit seven")]
    [InlineData("ⲁⲃⲅⲇ ⲉⲍⲏⲑ ⲓⲕⲗⲙ ⲛ")]
    [InlineData("  kettle  orbit ")]
    [InlineData("🐈🐕🐇🐎🐖🐄🐓🐢🐍🐟🦎🦜🐀🦔🦆")]
    [InlineData("kettle\torbit\u0007\"'<>&;")]
    public async Task Any_characters_will_do(string password) =>
        Assert.Empty(await RefusalsAsync(password));

    [Fact]
    public async Task Long_ones_will_do_and_all_of_it_counts()
    {
        var longest = string.Concat(Enumerable.Repeat("kettle orbit ", 20))[..256];
        Assert.Empty(await RefusalsAsync(longest));
        Assert.Equal(["TooLong"], await RefusalsAsync(longest + "x"));
        var hashing = new PasswordHashing(
            Microsoft.Extensions.Options.Options.Create(
                new PasswordHasherOptions { IterationCount = 1000 }
            )
        );
        var user = new InboxUser();

        var hash = hashing.HashPassword(user, longest);

        Assert.Equal(
            PasswordVerificationResult.Failed,
            hashing.VerifyHashedPassword(user, hash, longest[..^1] + "#")
        );
        Assert.Equal(
            PasswordVerificationResult.Success,
            hashing.VerifyHashedPassword(user, hash, longest)
        );
    }

    [Theory]
    [InlineData("kettle orbit 7", "TooShort")]
    // Fourteen characters, twenty-eight units.
    [InlineData("🐈🐕🐇🐎🐖🐄🐓🐢🐍🐟🦎🦜🐀🦔", "TooShort")]
    [InlineData("password1234567", "TooCommon")]
    [InlineData("PASSWORD123456!", "TooCommon")]
    [InlineData("qwertyuiop12345", "TooCommon")]
    [InlineData("!!!1q2w3e4r5t6y", "TooCommon")]
    [InlineData("monkeymonkeymonkey", "TooCommon")]
    [InlineData("iloveyou2026!!!", "TooCommon")]
    [InlineData("elizabeth199819", "TooCommon")]
    [InlineData("abcdefghijklmnop", "TooCommon")]
    [InlineData("123123123123123", "TooCommon")]
    [InlineData("veterinary2026!", "TooCommon")]
    [InlineData("maya.chen@clinic.test", "TooCommon")]
    [InlineData("mayachen1234567", "TooCommon")]
    public async Task Short_and_common_ones_are_refused(string password, string why) =>
        Assert.Equal([why], await RefusalsAsync(password));

    [Theory]
    // "é" as one character and as two, and a letter and its full-width form.
    [InlineData("caf\u00e9 orbit seven", "cafe\u0301 orbit seven")]
    [InlineData("\uff4bettle orbit seven", "kettle orbit seven")]
    public void The_same_password_from_another_keyboard_is_the_same(string chosen, string typed)
    {
        var hashing = new PasswordHashing(
            Microsoft.Extensions.Options.Options.Create(
                new PasswordHasherOptions { IterationCount = 1000 }
            )
        );
        var user = new InboxUser();

        var hash = hashing.HashPassword(user, chosen);

        Assert.Equal(
            PasswordVerificationResult.Success,
            hashing.VerifyHashedPassword(user, hash, typed)
        );
        Assert.Equal(
            PasswordVerificationResult.Failed,
            hashing.VerifyHashedPassword(user, hash, typed + " ")
        );
    }

    [Fact]
    public async Task Half_a_character_is_a_character_and_no_fault()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();

        using var answer = await browser.SendFormAsync(
            "account/sign-in",
            "sign-in",
            ("Input.Email", user.User.Email!),
            ("Input.Password", "kettle \ud83d orbit")
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var hashing = new PasswordHashing(
            Microsoft.Extensions.Options.Options.Create(
                new PasswordHasherOptions { IterationCount = 1000 }
            )
        );
        var hash = hashing.HashPassword(user.User, "kettle \ud83d orbit");
        Assert.Equal(
            PasswordVerificationResult.Success,
            hashing.VerifyHashedPassword(user.User, hash, "kettle \ud83d orbit")
        );
    }

    [Fact]
    public async Task Pasting_and_password_managers_are_not_kept_out()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync();

        var page = await user.Http.GetStringAsync("account/change-password", Cancellation);

        Assert.Contains("autocomplete=\"current-password\"", page);
        Assert.Contains("autocomplete=\"new-password\"", page);
        Assert.Contains("maxlength=\"256\"", page);
        Assert.DoesNotContain("onpaste", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("autocomplete=\"off\"", page, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<List<string>> RefusalsAsync(string password)
    {
        var user = new InboxUser
        {
            UserName = "maya.chen@clinic.test",
            Email = "maya.chen@clinic.test",
            DisplayName = "Maya Chen",
        };
        var result = await new PasswordRules().ValidateAsync(null!, user, password);
        return [.. result.Errors.Select(error => error.Code)];
    }
}
