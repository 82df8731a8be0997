using System.Text;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Clinic.Inbox.Tests.Keeping;

/// <summary>A folder for clinics that are stopped and come back, and for their backups.</summary>
internal sealed class BackupPlace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("inbox-backup");

    /// <summary>A folder for a backup, which is not there yet.</summary>
    public string Backup => PathOf("backup");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Settings of a clinic whose database and storage lie here, and stay when its app is stopped.</summary>
    public async Task<(string Key, string Value)[]> ClinicAsync(DatabaseKind kind, string name)
    {
        var folder = Directory.CreateDirectory(PathOf(name)).FullName;
        return
        [
            .. await kind.NewAsync(folder),
            ("Storage:Path", Path.Combine(folder, "attachments")),
        ];
    }

    /// <summary>What an app that was stopped in this process still has open would look as if it ran.</summary>
    public static void LetGo()
    {
        SqliteConnection.ClearAllPools();
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>The files below a folder that hold these bytes.</summary>
    public static List<string> Find(string folder, string mark)
    {
        var wanted = Encoding.UTF8.GetBytes(mark);
        return
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(path => Read(path).AsSpan().IndexOf(wanted) >= 0),
        ];
    }

    /// <summary>Whoever else has it open may go on.</summary>
    public static byte[] Read(string path)
    {
        using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    public void Dispose()
    {
        LetGo();
        _folder.Delete(recursive: true);
    }
}
