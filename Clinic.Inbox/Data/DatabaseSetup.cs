using Clinic.Inbox.People;
using Clinic.Inbox.Search;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace Clinic.Inbox.Data;

/// <summary>Which database, and how it is reached.</summary>
public static class DatabaseSetup
{
    /// <summary>
    /// Adds <c>IDbContextFactory&lt;InboxDb&gt;</c> for the configured provider (<c>Database:Provider</c>, Sqlite or Postgres,
    /// and <c>ConnectionStrings:Inbox</c>).
    /// </summary>
    /// <exception cref="InvalidOperationException">The provider is neither.</exception>
    public static IServiceCollection AddInboxDb(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        var settings = DatabaseSettings.Read(configuration);
        services.AddSingleton(settings);
        if (settings.IsSqlite)
        {
            services.AddPooledDbContextFactory<SqliteInboxDb>(o =>
                UseSqlite(o, settings.ConnectionString)
            );
            services.AddSingleton<IDbContextFactory<InboxDb>, InboxDbFactory<SqliteInboxDb>>();
        }
        else
        {
            services.AddPooledDbContextFactory<PostgresInboxDb>(o =>
                o.UseNpgsql(settings.ConnectionString)
            );
            services.AddSingleton<IDbContextFactory<InboxDb>, InboxDbFactory<PostgresInboxDb>>();
        }
        services.AddScoped(provider =>
            provider.GetRequiredService<IDbContextFactory<InboxDb>>().CreateDbContext()
        );
        return services;
    }

    /// <summary>Makes the database when there is none, and brings it to this version.</summary>
    /// <exception cref="InvalidOperationException">SQLite is too old, or a restore was cut off. Nothing was touched.</exception>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var settings = services.GetRequiredService<DatabaseSettings>();
        if (
            settings.IsSqlite
            && Path.GetDirectoryName(settings.SqliteFile) is { Length: > 0 } folder
        )
        {
            RefuseHalfRestored(settings.SqliteFile);
            Directory.CreateDirectory(folder);
        }
        await using var db = await services
            .GetRequiredService<IDbContextFactory<InboxDb>>()
            .CreateDbContextAsync(cancellation);
        if (settings.IsSqlite)
        {
            await RefuseFaultySqliteAsync(db, cancellation);
        }
        await using var alone = settings.IsSqlite
            ? await OneProcessAtATimeAsync(settings, cancellation)
            : await OneNodeAtATimeAsync(settings, cancellation) as IAsyncDisposable;
        // Asked first: to migrate to where it is already would compare the whole model, which takes longer than all else here.
        if ((await db.Database.GetPendingMigrationsAsync(cancellation)).Any())
        {
            if (settings.IsSqlite)
            {
                await ForgetTheDeadAsync(db, cancellation);
            }
            await db.Database.MigrateAsync(cancellation);
        }
        await SearchSchema.EnsureAsync(db, cancellation);
        await AuditSchema.EnsureAsync(db, cancellation);
        if (settings.IsSqlite)
        {
            // The planner's statistics, where they are out of date; SQLite bounds the work (sqlite.org/pragma.html#pragma_optimize).
            await db.Database.ExecuteSqlRawAsync("PRAGMA optimize=0x10002", cancellation);
        }
        if (!await db.ClinicProfiles.AnyAsync(cancellation))
        {
            db.ClinicProfiles.Add(new ClinicProfile());
            await db.SaveChangesAsync(cancellation);
        }
    }

    /// <summary>
    /// On SQLite a file beside the database, held by whoever starts and let go by the system when that one dies.
    /// </summary>
    private static async Task<IAsyncDisposable> OneProcessAtATimeAsync(
        DatabaseSettings settings,
        CancellationToken cancellation
    )
    {
        var path = settings.SqliteFile + "-start";
        while (true)
        {
            try
            {
                return new FileStream(
                    path,
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None,
                    bufferSize: 1
                );
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(100, cancellation);
            }
        }
    }

    /// <summary>
    /// On SQLite Entity Framework notes in a row that somebody migrates, and waits for ever for one who was killed meanwhile
    /// (learn.microsoft.com/ef/core/providers/sqlite/limitations). Nobody does: we are alone here.
    /// </summary>
    private static async Task ForgetTheDeadAsync(InboxDb db, CancellationToken cancellation) =>
        await db.Database.ExecuteSqlRawAsync(
            "DROP TABLE IF EXISTS \"__EFMigrationsLock\"",
            cancellation
        );

    /// <summary>
    /// Nodes that start together would migrate together and each make the clinic: on PostgreSQL one goes first, until what is
    /// returned is disposed. Null while there is no database to wait in.
    /// </summary>
    private static async Task<NpgsqlConnection?> OneNodeAtATimeAsync(
        DatabaseSettings settings,
        CancellationToken cancellation
    )
    {
        // Out of the pool: closing it gives the lock back.
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(settings.ConnectionString)
            {
                Pooling = false,
            }.ToString()
        );
        try
        {
            await connection.OpenAsync(cancellation);
        }
        catch (PostgresException failure)
            when (failure.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            // There is no database yet; migrating makes it.
            await connection.DisposeAsync();
            return null;
        }
        await using var wait = connection.CreateCommand();
        wait.CommandText = "SELECT pg_advisory_lock(hashtextextended('clinic-inbox/start', 0))";
        wait.CommandTimeout = 0;
        await wait.ExecuteNonQueryAsync(cancellation);
        return connection;
    }

    /// <summary>
    /// To begin the options of a context that is not the pool's. Entity Framework keeps a model for each order in which
    /// options were set; begun this way the context has the model of the pool's, instead of one more that takes half a second
    /// to make.
    /// </summary>
    internal static DbContextOptionsBuilder<T> Options<T>()
        where T : InboxDb => new DbContextOptionsBuilder<T>().EnableThreadSafetyChecks();

    internal static void UseSqlite(DbContextOptionsBuilder options, string connectionString) =>
        options.UseSqlite(connectionString).AddInterceptors(new SqlitePragmas());

    /// <summary>Else the app would open an empty clinic, and texts would come into it.</summary>
    private static void RefuseHalfRestored(string file)
    {
        if (!File.Exists(file) && File.Exists(file + DatabaseSettings.Restoring))
        {
            throw new InvalidOperationException(
                $"There is no database at {file}: a restore was cut off. If {file}.before-… lies beside it, give it back its name (and -wal and -shm theirs), then restore again. If nothing shall be restored, remove {file}{DatabaseSettings.Restoring}."
            );
        }
    }

    /// <summary>SQLite before 3.51.3 can lose committed writes in WAL mode (sqlite.org/wal.html, the WAL-reset bug).</summary>
    private static async Task RefuseFaultySqliteAsync(InboxDb db, CancellationToken cancellation)
    {
        var version = await db
            .Database.SqlQueryRaw<string>("SELECT sqlite_version() AS Value")
            .SingleAsync(cancellation);
        if (Version.Parse(version) < new Version(3, 51, 3))
        {
            throw new InvalidOperationException(
                $"SQLite {version} can lose committed writes; 3.51.3 or newer is needed. Update the package Microsoft.Data.Sqlite."
            );
        }
    }
}

/// <summary>The database section of the settings, read once.</summary>
public sealed record DatabaseSettings(bool IsSqlite, string ConnectionString)
{
    /// <summary>After the name of a SQLite database: a backup that is about to take its place.</summary>
    internal const string Restoring = ".restoring";

    /// <summary>Path of the database file; empty on PostgreSQL.</summary>
    public string SqliteFile =>
        IsSqlite ? new SqliteConnectionStringBuilder(ConnectionString).DataSource : "";

    public static DatabaseSettings Read(IConfiguration configuration)
    {
        var provider = configuration["Database:Provider"] ?? "Sqlite";
        var connectionString =
            configuration.GetConnectionString("Inbox") ?? "Data Source=data/inbox.db";
        if (provider.Equals("Sqlite", StringComparison.OrdinalIgnoreCase))
        {
            var builder = new SqliteConnectionStringBuilder(connectionString);
            builder.DataSource = Path.GetFullPath(builder.DataSource, ContentRoot.Find());
            return new DatabaseSettings(IsSqlite: true, builder.ToString());
        }
        if (provider.Equals("Postgres", StringComparison.OrdinalIgnoreCase))
        {
            // Hand-written SQL of the hot path is prepared by the driver after a few uses.
            var builder = new NpgsqlConnectionStringBuilder(connectionString)
            {
                MaxAutoPrepare = 50,
            };
            return new DatabaseSettings(IsSqlite: false, builder.ToString());
        }
        throw new InvalidOperationException(
            $"Database:Provider is '{provider}'. Use Sqlite or Postgres."
        );
    }
}

/// <summary>Hands out the provider's context as <see cref="InboxDb"/>.</summary>
internal sealed class InboxDbFactory<T>(IDbContextFactory<T> factory) : IDbContextFactory<InboxDb>
    where T : InboxDb
{
    public InboxDb CreateDbContext() => factory.CreateDbContext();

    public async Task<InboxDb> CreateDbContextAsync(
        CancellationToken cancellationToken = default
    ) => await factory.CreateDbContextAsync(cancellationToken);
}

/// <summary>For <c>dotnet ef migrations add</c>.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteInboxDb>
{
    public SqliteInboxDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<SqliteInboxDb>();
        DatabaseSetup.UseSqlite(options, "Data Source=design.db");
        return new SqliteInboxDb(options.Options);
    }
}

/// <summary>For <c>dotnet ef migrations add</c>.</summary>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresInboxDb>
{
    public PostgresInboxDb CreateDbContext(string[] args) =>
        new(
            new DbContextOptionsBuilder<PostgresInboxDb>()
                .UseNpgsql("Host=localhost;Database=design")
                .Options
        );
}
