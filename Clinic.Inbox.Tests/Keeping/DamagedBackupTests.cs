using Clinic.Inbox.Data;
using Clinic.Inbox.Keeping;
using Clinic.Inbox.Tests.Conversations;
using Clinic.Inbox.Tests.Fixtures;
using Npgsql;

namespace Clinic.Inbox.Tests.Keeping;

/// <summary>What is no whole backup is not taken for one, and nothing that works is written over.</summary>
public sealed class DamagedBackupTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_byte_that_changed_is_found_and_nothing_is_restored()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Sqlite, "clinic");
        BackupManifest manifest;
        await using (var clinic = await AttachmentsApp.StartAsync(settings: settings))
        {
            await clinic.StoredAsync(SampleFiles.Jpeg(400, 300));
            manifest = await clinic.Inbox.Get<BackupMaker>().MakeAsync(place.Backup, Cancellation);
        }
        // The photo, its thumbnail, the database, the settings.
        Assert.Equal(2, manifest.Stored.Count());
        Assert.Contains(manifest.Files, f => f.Path == "settings/appsettings.json");
        var elsewhere = await place.ClinicAsync(DatabaseKind.Sqlite, "restored");
        var (whole, _) = await CommandProcess.RunAsync(elsewhere, "verify", place.Backup);
        Assert.Equal(0, whole);

        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(place.Backup, file.Path);
            var bytes = await File.ReadAllBytesAsync(path, Cancellation);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, bytes, Cancellation);

            var (exit, said) = await CommandProcess.RunAsync(elsewhere, "restore", place.Backup);

            Assert.Equal(1, exit);
            Assert.Contains($"{file.Path} is damaged", said, StringComparison.Ordinal);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, bytes, Cancellation);
        }
        File.Delete(Path.Combine(place.Backup, BackupManifest.FileName));
        // A file that is whole, and would be written beside the storage.
        var outside = "attachments/../settings/appsettings.json";
        await (
            manifest with
            {
                Files =
                [
                    .. manifest.Files.Select(f =>
                        f.Path == "settings/appsettings.json" ? f with { Path = outside } : f
                    ),
                ],
            }
        ).WriteAsync(place.Backup, Cancellation);
        var (tampered, complaint) = await CommandProcess.RunAsync(
            elsewhere,
            "restore",
            place.Backup
        );
        Assert.Equal(1, tampered);
        Assert.Contains($"{outside} lies outside", complaint, StringComparison.Ordinal);
        File.Delete(Path.Combine(place.Backup, BackupManifest.FileName));
        var (cut, why) = await CommandProcess.RunAsync(elsewhere, "restore", place.Backup);
        Assert.Equal(1, cut);
        Assert.Contains("holds no backup", why, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(place.PathOf("restored")));
    }

    [Fact]
    public async Task A_database_that_its_engine_finds_broken_is_no_backup()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Sqlite, "clinic");
        await using var app = await InboxApp.StartAsync(settings: settings);
        var manifest = await app.Get<BackupMaker>().MakeAsync(place.Backup, Cancellation);
        var path = Path.Combine(place.Backup, manifest.Database);
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        // Pages in the middle, and a hash that fits them: what a copy of a database under writing looks like.
        Array.Clear(bytes, bytes.Length / 4 / 4096 * 4096, 8 * 4096);
        await File.WriteAllBytesAsync(path, bytes, Cancellation);
        var (size, hash) = await PrivateFolder.HashAsync(path, Cancellation);
        File.Delete(Path.Combine(place.Backup, BackupManifest.FileName));
        await (
            manifest with
            {
                Files =
                [
                    .. manifest.Files.Select(f =>
                        f.Path == manifest.Database ? new BackupFile(f.Path, size, hash) : f
                    ),
                ],
            }
        ).WriteAsync(place.Backup, Cancellation);

        var problems = await app.Get<BackupCheck>().ProblemsAsync(place.Backup, Cancellation);

        Assert.NotEmpty(problems);
        Assert.All(problems, p => Assert.StartsWith("The database: ", p, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_restore_that_was_cut_off_opens_no_empty_clinic()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Sqlite, "clinic");
        var coming = Path.Combine(place.PathOf("clinic"), "inbox.db" + DatabaseSettings.Restoring);
        await File.WriteAllTextAsync(coming, "", Cancellation);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            InboxApp.StartAsync(settings: settings)
        );

        Assert.Contains("a restore was cut off", refused.Message, StringComparison.Ordinal);
        Assert.Equal(coming, Assert.Single(Directory.GetFiles(place.PathOf("clinic"))));
    }

    [Fact]
    public async Task What_is_not_the_clinics_in_its_database_is_left_alone()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Postgres, "clinic");
        await using (var app = await InboxApp.StartAsync(settings: settings))
        {
            await app.Get<BackupMaker>().MakeAsync(place.Backup, Cancellation);
        }
        BackupPlace.LetGo();
        var shared = await place.ClinicAsync(DatabaseKind.Postgres, "shared");
        await AskAsync(
            shared,
            "CREATE TABLE \"Invoices\" (\"Id\" int); INSERT INTO \"Invoices\" VALUES (7); CREATE FUNCTION theirs() RETURNS int LANGUAGE sql AS 'SELECT 8'"
        );

        var (refused, why) = await CommandProcess.RunAsync(shared, "restore", place.Backup);

        Assert.Equal(1, refused);
        Assert.Contains("not the app's: Invoices.", why, StringComparison.Ordinal);
        Assert.Equal(7, await AskAsync(shared, "SELECT \"Id\" FROM public.\"Invoices\""));

        // What is no table goes aside with the schema, and stays in it.
        await AskAsync(shared, "DROP TABLE \"Invoices\"");
        var (exit, said) = await CommandProcess.RunAsync(shared, "restore", place.Backup);

        Assert.True(exit == 0, said);
        var kept = said[said.IndexOf("public_before_", StringComparison.Ordinal)..].Split('.')[0];
        Assert.Equal(8, await AskAsync(shared, $"SELECT {kept}.theirs()"));
    }

    [Fact]
    public async Task A_clinic_that_works_is_not_replaced()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Sqlite, "clinic");
        await using var app = await InboxApp.StartAsync(settings: settings);
        using var first = await app.ReceiveAsync("14155550134", "Before");
        await app.Get<BackupMaker>().MakeAsync(place.Backup, Cancellation);
        using var second = await app.ReceiveAsync("14155550134", "After");

        var (exit, said) = await CommandProcess.RunAsync(
            settings,
            "restore",
            place.Backup,
            "--replace"
        );

        Assert.Equal(1, exit);
        Assert.Contains("Stop the app first", said, StringComparison.Ordinal);
        using var third = await app.ReceiveAsync("14155550134", "Still there");
        Assert.True(third.IsSuccessStatusCode);
        using var api = await app.ApiClientAsync("read");
        var list = await api.GetAsync("conversations");
        Assert.Equal(
            "Still there",
            list.GetProperty("items")[0].GetProperty("preview").GetString()
        );
    }

    [Fact]
    public async Task A_folder_with_something_in_it_is_left_alone()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Sqlite, "clinic");
        await using var app = await InboxApp.StartAsync(settings: settings);
        var theirs = Directory.CreateDirectory(place.PathOf("theirs")).FullName;
        await File.WriteAllTextAsync(Path.Combine(theirs, "letter.txt"), "Dear", Cancellation);

        var (exit, said) = await CommandProcess.RunAsync(settings, "backup", theirs);
        var (unnamed, _) = await CommandProcess.RunAsync(settings, "backup");
        var (empty, _) = await CommandProcess.RunAsync(
            await place.ClinicAsync(DatabaseKind.Sqlite, "nothing"),
            "backup",
            place.Backup
        );

        Assert.Equal((1, 2, 1), (exit, unnamed, empty));
        Assert.Contains("is not empty", said, StringComparison.Ordinal);
        Assert.Equal("letter.txt", Path.GetFileName(Assert.Single(Directory.GetFiles(theirs))));
        Assert.Equal(
            ["clinic", "nothing", "theirs"],
            Directory
                .GetDirectories(place.PathOf(""))
                .Select(path => Path.GetFileName(path)!)
                .Order()
        );
    }

    [Fact]
    public async Task Without_its_programs_a_database_on_PostgreSQL_is_not_backed_up_and_it_says_so()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Postgres, "clinic");
        await using var app = await InboxApp.StartAsync(settings: settings);

        var (exit, said) = await CommandProcess.RunAsync(
            [.. settings, ("Backup:PostgresTools", place.PathOf("nowhere"))],
            "backup",
            place.Backup
        );

        Assert.Equal(1, exit);
        Assert.Contains("pg_dump is not installed here", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.Backup));
        Assert.False(Directory.Exists(place.Backup + BackupMaker.Unfinished));
    }

    [Fact]
    public async Task Nobody_else_on_the_machine_can_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Sqlite, "clinic");
        await using (var clinic = await AttachmentsApp.StartAsync(settings: settings))
        {
            await clinic.StoredAsync(SampleFiles.Jpeg());
            await clinic.Inbox.Get<BackupMaker>().MakeAsync(place.Backup, Cancellation);
        }

        var others =
            UnixFileMode.GroupRead
            | UnixFileMode.GroupWrite
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite
            | UnixFileMode.OtherExecute;
        Assert.All(
            Directory
                .EnumerateFileSystemEntries(place.Backup, "*", SearchOption.AllDirectories)
                .Append(place.Backup),
            path => Assert.Equal(UnixFileMode.None, ModeOf(path) & others)
        );
    }

    private static async Task<object?> AskAsync((string Key, string Value)[] clinic, string sql)
    {
        var server = clinic.Single(setting => setting.Key == "ConnectionStrings:Inbox").Value;
        // Out of the pool: whoever is connected stops a restore.
        await using var connection = new NpgsqlConnection(server + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Cancellation);
    }

    private static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
}
