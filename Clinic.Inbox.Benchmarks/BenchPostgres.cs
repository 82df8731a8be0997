using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Clinic.Inbox.Benchmarks;

/// <summary>
/// A PostgreSQL of the benchmark's own on a free loopback port, as durable as it comes (<c>fsync</c> and
/// <c>synchronous_commit</c> on). It ends with us, however we end: a shell waits for the end of its input.
/// </summary>
internal sealed class BenchPostgres : IAsyncDisposable
{
    private const string Script = """
        set -eu
        bin=$1 port=$2
        data=$(mktemp -d /tmp/inbox-bench-postgres.XXXXXX)
        as() { "$@"; }
        if [ "$(id -u)" = 0 ]; then
          chown postgres "$data"
          as() { runuser -u postgres -- "$@"; }
        fi
        cd "$data"
        trap 'as "$bin/pg_ctl" -D "$data/db" -m immediate stop >/dev/null 2>&1 || true; cd /; rm -rf "$data"' EXIT
        as "$bin/initdb" -D "$data/db" -U postgres -A trust -E UTF8 --locale=C >/dev/null
        as "$bin/pg_ctl" -D "$data/db" -w -t 60 -l "$data/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c shared_buffers=256MB" start </dev/null >/dev/null 2>&1 || { cat "$data/log" >&2; exit 1; }
        echo ready
        read -r _ || true
        """;

    private readonly Process _shell;
    private readonly int _port;

    private BenchPostgres(Process shell, int port) => (_shell, _port) = (shell, port);

    /// <summary>Null: PostgreSQL is not installed.</summary>
    public static async Task<BenchPostgres?> StartAsync()
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .EnumerateDirectories("/usr/lib/postgresql")
                .Select(version => Path.Combine(version, "bin"))
                .Where(folder => File.Exists(Path.Combine(folder, "initdb")))
                .Order(StringComparer.Ordinal)
                .LastOrDefault()
            : null;
        if (bin is null)
        {
            return null;
        }
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var shell = Process.Start(
            new ProcessStartInfo("bash")
            {
                ArgumentList =
                {
                    "-c",
                    Script,
                    "postgres",
                    bin,
                    port.ToString(CultureInfo.InvariantCulture),
                },
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        return await shell.StandardOutput.ReadLineAsync() == "ready"
            ? new BenchPostgres(shell, port)
            : throw new InvalidOperationException("PostgreSQL did not start.");
    }

    /// <summary>Connection string of a new, empty database.</summary>
    public async Task<string> NewDatabaseAsync(string name)
    {
        await using var admin = new NpgsqlConnection(ConnectionString("postgres"));
        await admin.OpenAsync();
        await using var create = admin.CreateCommand();
        create.CommandText = $"CREATE DATABASE {name}";
        await create.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Maximum Pool Size=64";
}
