using System.Diagnostics;
using System.Globalization;
using Clinic.Inbox.Tests.Fixtures;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// A PostgreSQL of the tests' own on a free loopback port: started by the first test that asks for a database, stopped and
/// removed at the end. A shell stands between: it ends the server when its input closes, so that nothing is left behind
/// even by tests that were killed.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Script = """
        set -eu
        bin=$1 port=$2
        data=$(mktemp -d /tmp/inbox-postgres.XXXXXX)
        as() { "$@"; }
        if [ "$(id -u)" = 0 ]; then
          chown postgres "$data"
          as() { runuser -u postgres -- "$@"; }
        fi
        cd "$data"
        trap 'as "$bin/pg_ctl" -D "$data/db" -m immediate stop >/dev/null 2>&1 || true; cd /; rm -rf "$data"' EXIT
        as "$bin/initdb" -D "$data/db" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
        # Its input is not ours, or it would keep the line open that tells us to stop.
        as "$bin/pg_ctl" -D "$data/db" -w -t 60 -l "$data/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB -c deadlock_timeout=200ms" start </dev/null >/dev/null 2>&1 || { cat "$data/log" >&2; exit 1; }
        echo ready
        read -r _ || true
        """;

    internal static readonly string? Bin = Directory.Exists("/usr/lib/postgresql")
        ? Directory
            .EnumerateDirectories("/usr/lib/postgresql")
            .Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
            .Order(StringComparer.Ordinal)
            .LastOrDefault()
        : null;

    private static readonly Lazy<Task<Running>> Server = new(StartAsync);
    private static int _databases;

    /// <summary>Connection string of a fresh, empty database. Skips the test where PostgreSQL is not installed.</summary>
    public static async Task<string> NewDatabaseAsync()
    {
        Assert.SkipWhen(
            Bin is null,
            "PostgreSQL is not installed (Debian package postgresql); ./test.sh installs it."
        );
        var server = await Server.Value;
        var name = "inbox" + Interlocked.Increment(ref _databases);
        await using var admin = new NpgsqlConnection(server.ConnectionString("postgres"));
        await admin.OpenAsync();
        await using var create = admin.CreateCommand();
        create.CommandText = $"CREATE DATABASE {name}";
        await create.ExecuteNonQueryAsync();
        return server.ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Server.IsValueCreated)
        {
            return;
        }
        NpgsqlConnection.ClearAllPools();
        var shell = (await Server.Value).Shell;
        shell.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await shell.WaitForExitAsync(patience.Token);
        shell.Dispose();
    }

    private static async Task<Running> StartAsync()
    {
        var port = AppProcess.FreePort();
        var shell = Process.Start(
            new ProcessStartInfo("bash")
            {
                ArgumentList =
                {
                    "-c",
                    Script,
                    "postgres",
                    Bin!,
                    port.ToString(CultureInfo.InvariantCulture),
                },
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        if (await shell.StandardOutput.ReadLineAsync(patience.Token) != "ready")
        {
            var why = await shell.StandardError.ReadToEndAsync(patience.Token);
            throw new InvalidOperationException("PostgreSQL did not start: " + why);
        }
        return new Running(shell, port);
    }

    private sealed record Running(Process Shell, int Port)
    {
        public string ConnectionString(string database) =>
            $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Timeout=30;Maximum Pool Size=40;Connection Idle Lifetime=15;Connection Pruning Interval=5";
    }
}
