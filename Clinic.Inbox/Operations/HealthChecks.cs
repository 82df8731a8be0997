using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Operations;

/// <summary>The database answers, and takes what is written.</summary>
internal sealed class DatabaseCheck(IDbContextFactory<InboxDb> databases, DatabaseTrouble trouble)
    : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return !await db.ClinicProfiles.AnyAsync(cancellationToken)
                ? HealthCheckResult.Unhealthy("The database has no clinic.")
            : trouble.Words is { } words ? HealthCheckResult.Unhealthy(words)
            : HealthCheckResult.Healthy("The database answers.");
    }
}

/// <summary>The database has this version's tables.</summary>
internal sealed class MigrationsCheck(IDbContextFactory<InboxDb> databases) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
        return pending == 0
            ? HealthCheckResult.Healthy("All migrations are applied.")
            : HealthCheckResult.Unhealthy($"{pending} migrations are not applied.");
    }
}

/// <summary>The disks of database and attachments have <c>Operations:MinimumFreeMegabytes</c> left (200).</summary>
internal sealed class DiskCheck(IConfiguration configuration, DatabaseSettings database)
    : IHealthCheck
{
    private const int UsualMinimum = 200;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var least = configuration.GetValue("Operations:MinimumFreeMegabytes", UsualMinimum);
        var attachments = Path.GetFullPath(
            configuration["Storage:Path"] ?? "data/attachments",
            ContentRoot.Find()
        );
        var free = ((string[])[attachments, database.SqliteFile])
            .Where(path => path.Length > 0)
            .Min(FreeMegabytes);
        var said = $"{free} MB are free, {least} MB are needed.";
        return Task.FromResult(
            free >= least ? HealthCheckResult.Healthy(said) : HealthCheckResult.Unhealthy(said)
        );
    }

    private static long FreeMegabytes(string path)
    {
        // A folder that is not there yet will be made on the disk of the nearest one above it.
        var folder = new DirectoryInfo(path);
        while (!folder.Exists && folder.Parent is not null)
        {
            folder = folder.Parent;
        }
        return new DriveInfo(folder.FullName).AvailableFreeSpace / (1024 * 1024);
    }
}

/// <summary>What is needed to talk to the carrier is set. Whether it is right only the carrier knows.</summary>
internal sealed class CarrierCheck(IOptionsMonitor<VonageOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        // The first word is the setting's name; the rest may name a file and is for the log.
        var missing = VonageOptions
            .Missing(options.CurrentValue)
            .Select(line => line.Split(' ')[0])
            .ToList();
        return Task.FromResult(
            missing.Count == 0
                ? HealthCheckResult.Healthy("The carrier's credentials are set.")
                : HealthCheckResult.Unhealthy(
                    $"Missing or unreadable: {string.Join(", ", missing)}."
                )
        );
    }
}

/// <summary>
/// The other nodes are heard. Without Redis this one serves all the same, and its screens see late what others do: that is
/// degraded, not unhealthy, or a proxy would take every node away at once.
/// </summary>
internal sealed class RedisCheck(NodeLink link) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            link.IsConnected
                ? HealthCheckResult.Healthy($"Redis answers; {link.Others} other nodes are there.")
                : HealthCheckResult.Degraded(
                    "Redis does not answer: what other nodes do is seen late."
                )
        );
}
