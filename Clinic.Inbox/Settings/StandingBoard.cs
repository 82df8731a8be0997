using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Settings;

/// <summary>
/// Collects how everything stands, in one go on one connection. One feature that can't tell does not keep the others from it.
/// </summary>
public sealed partial class StandingBoard(
    IEnumerable<IStanding> standings,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock,
    ILogger<StandingBoard> log
)
{
    private readonly IStanding[] _standings = [.. standings.OrderBy(s => s.Order)];

    public async Task<IReadOnlyList<Standing>> LookAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var look = new StandingLook(
            db,
            clock.GetUtcNow(),
            await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation),
            await db
                .Settings.AsNoTracking()
                .ToDictionaryAsync(s => s.Key, s => s.Value, StringComparer.Ordinal, cancellation)
        );
        var found = new List<Standing>();
        foreach (var standing in _standings)
        {
            try
            {
                found.AddRange(await standing.LookAsync(look, cancellation));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogNotKnown(standing.GetType().Name, failure);
            }
        }
        return found;
    }

    [LoggerMessage(LogLevel.Error, "{Standing} could not tell how it stands")]
    private partial void LogNotKnown(string standing, Exception failure);
}
