using System.Diagnostics;
using System.Globalization;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>A PostgreSQL of one test's own, which can be made to crash and to come back.</summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private const string Script = """
        set -eu
        bin=$1 port=$2
        data=$(mktemp -d /tmp/inbox-own-postgres.XXXXXX)
        as() { "$@" </dev/null >/dev/null 2>&1; }
        if [ "$(id -u)" = 0 ]; then
          chown postgres "$data"
          as() { runuser -u postgres -- "$@" </dev/null >/dev/null 2>&1; }
        fi
        cd "$data"
        trap 'as "$bin/pg_ctl" -D "$data/db" -m immediate stop || true; cd /; rm -rf "$data"' EXIT
        as "$bin/initdb" -D "$data/db" -U postgres -A trust -E UTF8 --locale=C --no-sync
        up() { as "$bin/pg_ctl" -D "$data/db" -w -t 60 -l "$data/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c max_connections=100 -c shared_buffers=32MB" start; }
        up
        echo done
        while read -r order; do
          case $order in
            down) as "$bin/pg_ctl" -D "$data/db" -w -m immediate stop ;;
            up) up ;;
          esac
          echo done
        done
        """;

    private readonly Process _shell;

    private OwnPostgres(Process shell, int port) => (_shell, Port) = (shell, port);

    public int Port { get; }

    /// <summary>Settings of an app on it.</summary>
    public (string Key, string Value)[] Settings =>
        [
            ("Database:Provider", "Postgres"),
            (
                "ConnectionStrings:Inbox",
                $"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres;Timeout=5;Maximum Pool Size=40"
            ),
        ];

    /// <summary>Skips the test where PostgreSQL is not installed.</summary>
    public static async Task<OwnPostgres> StartAsync()
    {
        Assert.SkipWhen(
            PostgresServer.Bin is null,
            "PostgreSQL is not installed (Debian package postgresql); ./test.sh installs it."
        );
        var port = AppProcess.FreePort();
        var shell = Process.Start(
            new ProcessStartInfo("bash")
            {
                ArgumentList =
                {
                    "-c",
                    Script,
                    "postgres",
                    PostgresServer.Bin!,
                    port.ToString(CultureInfo.InvariantCulture),
                },
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        var server = new OwnPostgres(shell, port);
        await server.DoneAsync();
        return server;
    }

    /// <summary>Ends it as a crash does: open transactions are gone, what was committed is there when it comes back.</summary>
    public Task CrashAsync() => OrderAsync("down");

    public Task ReturnAsync() => OrderAsync("up");

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private async Task OrderAsync(string order)
    {
        await _shell.StandardInput.WriteLineAsync(order);
        await _shell.StandardInput.FlushAsync();
        await DoneAsync();
    }

    private async Task DoneAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        Assert.Equal("done", await _shell.StandardOutput.ReadLineAsync(patience.Token));
    }
}
