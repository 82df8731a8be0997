using System.Text.Json.Serialization;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.People;

/// <summary>Who must have a second factor beside the password.</summary>
public enum SecondFactorOf
{
    Nobody = 0,
    Administrators = 1,
    Managers = 2,
    Everyone = 3,
}

/// <summary>How the clinic wants its people to sign in.</summary>
public sealed record SignInRules(SecondFactorOf SecondFactor)
{
    public const string Key = "signIn";

    public static readonly SignInRules Default = new(SecondFactorOf.Nobody);

    /// <summary>The roles of which it is asked.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Concerned =>
        SecondFactor switch
        {
            SecondFactorOf.Administrators => [Roles.Administrator],
            SecondFactorOf.Managers => [Roles.PracticeManager, Roles.Administrator],
            SecondFactorOf.Everyone => Roles.All,
            _ => [],
        };
}

/// <summary>What can come of choosing the rules.</summary>
public enum RulesResult
{
    Done,

    /// <summary>Who asks it of administrators has to have it themselves: else they shut themselves out.</summary>
    FirstYourself,

    /// <summary>Who asks is not an administrator (any more).</summary>
    NotAllowed,
}

/// <summary>Keeps the rules of signing in.</summary>
public sealed class SignInRulesBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    public async Task<SignInRules> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(SignInRules.Key, SignInRules.Default, cancellation);
    }

    /// <summary>Names of those who can sign in and have no second factor yet.</summary>
    public async Task<IReadOnlyList<string>> WithoutAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Users.Where(u =>
                u.Active && !u.TwoFactorEnabled && !db.UserPasskeys.Any(p => p.UserId == u.Id)
            )
            .OrderBy(u => u.DisplayName)
            .Select(u => u.DisplayName)
            .ToListAsync(cancellation);
    }

    /// <summary>
    /// Chooses them. Sessions that began with a password alone end at once where a second factor is asked for now.
    /// </summary>
    public Task<RulesResult> SaveAsync(
        SignInRules rules,
        Actor by,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                var db = session.Db;
                var who = await db.Users.FirstOrDefaultAsync(u => u.Id == by.Id);
                if (who is not { Active: true, Role: Roles.Administrator })
                {
                    return RulesResult.NotAllowed;
                }
                if (
                    rules.Concerned.Contains(who.Role)
                    && !who.TwoFactorEnabled
                    && !await db.UserPasskeys.AnyAsync(p => p.UserId == who.Id)
                )
                {
                    return RulesResult.FirstYourself;
                }
                var before = await db.SettingAsync(
                    SignInRules.Key,
                    SignInRules.Default,
                    CancellationToken.None
                );
                if (before == rules)
                {
                    return RulesResult.Done;
                }
                await session.ChooseAsync(SignInRules.Key, rules, CancellationToken.None);
                session.Note(
                    by,
                    "signInRules.changed",
                    SignInRules.Key,
                    $"second factor: {before.SecondFactor} to {rules.SecondFactor}"
                );
                await db.SaveChangesAsync();
                await SessionBook.EndPasswordOnlyAsync(session, rules.Concerned);
                return RulesResult.Done;
            },
            cancellation
        );
}
