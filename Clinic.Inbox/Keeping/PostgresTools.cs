using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Clinic.Inbox.Keeping;

/// <summary>Runs <c>pg_dump</c> and <c>pg_restore</c>. What they must know of the server goes by environment: a password never stands in a list of processes.</summary>
internal static class PostgresTools
{
    private const string Installed = "/usr/lib/postgresql";

    /// <exception cref="BackupFailedException">It is not installed, or it failed: then with what it said.</exception>
    public static async Task RunAsync(
        string tool,
        BackupSettings settings,
        NpgsqlConnectionStringBuilder server,
        IEnumerable<string> arguments,
        CancellationToken cancellation
    )
    {
        var start = new ProcessStartInfo(Path.Combine(FolderOf(tool, settings), tool))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in Environment(server))
        {
            start.Environment[name] = value;
        }
        using var process = Start(start, tool);
        process.StandardInput.Close();
        var said = process.StandardOutput.ReadToEndAsync(cancellation);
        var complained = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        await said;
        if (process.ExitCode != 0)
        {
            throw new BackupFailedException($"{tool} failed: {(await complained).Trim()}");
        }
    }

    private static Process Start(ProcessStartInfo start, string tool)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new BackupFailedException(
                $"{tool} is not installed here. A database on PostgreSQL is backed up with it: install PostgreSQL's client programs (Debian: postgresql-client) of the server's version or newer, or name their folder in Backup:PostgresTools.",
                missing
            );
        }
    }

    /// <summary>The newest that is installed: an older one refuses a newer server. Empty: wherever PATH finds it.</summary>
    private static string FolderOf(string tool, BackupSettings settings) =>
        settings.PostgresTools.Length > 0 ? settings.PostgresTools
        : !Directory.Exists(Installed) ? ""
        : Directory
            .EnumerateDirectories(Installed)
            .Where(version => File.Exists(Path.Combine(version, "bin", tool)))
            .MaxBy(version =>
                int.TryParse(
                    Path.GetFileName(version),
                    CultureInfo.InvariantCulture,
                    out var number
                )
                    ? number
                    : 0
            )
            is { } newest
            ? Path.Combine(newest, "bin")
        : "";

    /// <summary>What the programs are told of the server.</summary>
    internal static IEnumerable<(string Name, string? Value)> Environment(
        NpgsqlConnectionStringBuilder server
    )
    {
        yield return ("PGHOST", server.Host);
        yield return ("PGPORT", server.Port.ToString(CultureInfo.InvariantCulture));
        yield return ("PGDATABASE", server.Database);
        yield return ("PGUSER", server.Username);
        if (server.Password is { Length: > 0 } password)
        {
            yield return ("PGPASSWORD", password);
        }
        if (server.Passfile is { Length: > 0 } passfile)
        {
            yield return ("PGPASSFILE", passfile);
        }
        if (server.RootCertificate is { Length: > 0 } authority)
        {
            yield return ("PGSSLROOTCERT", authority);
        }
        else if (server.SslMode == SslMode.VerifyFull)
        {
            // As the driver does: the system's authorities (libpq 16 and newer), not a file in somebody's home.
            yield return ("PGSSLROOTCERT", "system");
        }
        if (server.SslCertificate is { Length: > 0 } certificate)
        {
            yield return ("PGSSLCERT", certificate);
        }
        if (server.SslKey is { Length: > 0 } key)
        {
            yield return ("PGSSLKEY", key);
        }
        yield return (
            "PGSSLMODE",
            server.SslMode switch
            {
                SslMode.Disable => "disable",
                SslMode.Allow => "allow",
                SslMode.Require => "require",
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                _ => "prefer",
            }
        );
    }
}
