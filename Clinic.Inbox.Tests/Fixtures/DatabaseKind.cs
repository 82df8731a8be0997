namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>On which database a test runs.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}

internal static class DatabaseKinds
{
    /// <summary>
    /// Settings of a fresh database in <paramref name="folder"/> (SQLite) or on the tests' own server. Skips the test where
    /// there is no such server.
    /// </summary>
    public static async Task<(string Key, string Value)[]> NewAsync(
        this DatabaseKind kind,
        string folder
    ) =>
        kind == DatabaseKind.Sqlite
            ?
            [
                ("Database:Provider", "Sqlite"),
                ("ConnectionStrings:Inbox", $"Data Source={Path.Combine(folder, "inbox.db")}"),
            ]
            :
            [
                ("Database:Provider", "Postgres"),
                ("ConnectionStrings:Inbox", await PostgresServer.NewDatabaseAsync()),
            ];
}
