using System.Data.Common;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Keeping;

/// <summary>A file that storage must have, as a look at the database knows it.</summary>
internal sealed record StoredFileRow(Id<Attachment> Id, bool HasThumbnail)
{
    /// <summary>All of them, of one look: files of messages, of documents and of the library.</summary>
    public static async Task<List<StoredFileRow>> ReadAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellation
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandTimeout = 0;
        command.CommandText = """
            SELECT "Id", "HasThumbnail" FROM "Attachments" WHERE "State" = 'Stored'
            UNION SELECT "Id", "HasThumbnail" FROM "KeptFiles"
            """;
        var files = new List<StoredFileRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            files.Add(
                new StoredFileRow(Id<Attachment>.Parse(reader.GetString(0)), reader.GetBoolean(1))
            );
        }
        return files;
    }

    /// <summary>The newest migration that a database has had.</summary>
    public static async Task<string> MigrationAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellation
    )
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT MAX(\"MigrationId\") FROM \"__EFMigrationsHistory\"";
        return await command.ExecuteScalarAsync(cancellation) as string ?? "";
    }
}
