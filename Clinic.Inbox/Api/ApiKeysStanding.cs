using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Api;

/// <summary>Keys that open the door to clients' data and that nobody uses.</summary>
internal sealed class ApiKeysStanding : IStanding
{
    private static readonly TimeSpan Unused = TimeSpan.FromDays(90);

    public int Order => 70;

    public async Task<IReadOnlyList<Standing>> LookAsync(
        StandingLook look,
        CancellationToken cancellation
    )
    {
        var keys = await look
            .Db.ApiKeys.Where(k => k.RevokedAt == null)
            .Select(k => new { k.Name, Used = k.LastUsedAt ?? k.CreatedAt })
            .ToListAsync(cancellation);
        var unused = keys.FindAll(k => k.Used < look.Now - Unused);
        var (level, text) = (keys.Count, unused) switch
        {
            (0, _) => (StandingLevel.Off, "No other system has a key."),
            (_, [var only]) => (
                StandingLevel.Attention,
                $"{only.Name} was not used for 90 days. Revoke it if nobody needs it."
            ),
            (_, { Count: > 1 }) => (
                StandingLevel.Attention,
                $"{unused.Count} keys were not used for 90 days. Revoke those that nobody needs."
            ),
            (1, _) => (StandingLevel.Ok, "1 key, in use."),
            _ => (StandingLevel.Ok, $"{keys.Count} keys, in use."),
        };
        return [new Standing("API keys", level, text, Paths.ApiKeys, Policies.Administer)];
    }
}
