using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Faults;

/// <summary>A walk whose carrier, database and files are known to processes that come and go.</summary>
public sealed class FaultWalk(DatabaseKind kind, params (string Key, string Value)[] more)
    : Walk(kind)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("inbox-faults");

    /// <summary>The database as it is, whether an app runs on it or not.</summary>
    internal InboxDb Look()
    {
        var connection = Settings!.Last(s => s.Key == "ConnectionStrings:Inbox").Value;
        if (Settings!.Last(s => s.Key == "Database:Provider").Value == "Postgres")
        {
            return new PostgresInboxDb(
                new DbContextOptionsBuilder<PostgresInboxDb>()
                    // Out of the pool: one of before a crash would be of no use.
                    .UseNpgsql(connection + ";Pooling=false")
                    .Options
            );
        }
        var sqlite = new DbContextOptionsBuilder<SqliteInboxDb>();
        DatabaseSetup.UseSqlite(sqlite, connection);
        return new SqliteInboxDb(sqlite.Options);
    }

    /// <summary>Where files lie.</summary>
    internal string Files => _files.FullName;

    /// <summary>Every line sends again, from the next start on.</summary>
    internal async Task ResumeAllAsync()
    {
        await using var db = Look();
        await db.Database.ExecuteSqlRawAsync(
            "UPDATE \"Lines\" SET \"PausedReason\" = NULL",
            Cancellation
        );
    }

    /// <summary>An email that waits from then on.</summary>
    internal async Task<Id<OutgoingEmail>> MailAsync(string subject, DateTimeOffset at)
    {
        var email = new OutgoingEmail(
            Id<OutgoingEmail>.New(at),
            "dana@clinic.test",
            subject,
            "A text came.",
            at
        );
        await using var db = Look();
        db.OutgoingEmails.Add(email);
        await db.SaveChangesAsync(Cancellation);
        return email.Id;
    }

    internal Task UntilMailedAsync(Id<OutgoingEmail> id) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = Look();
                return await db.OutgoingEmails.AnyAsync(
                    e => e.Id == id && e.SentAt != null,
                    Cancellation
                );
            },
            "the email is sent"
        );

    /// <summary>The schedule goes on: an email that waits from then on is sent, by the job that does so.</summary>
    internal async Task MailedAsync(string subject, DateTimeOffset at) =>
        await UntilMailedAsync(await MailAsync(subject, at));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _files.Delete(recursive: true);
    }

    protected override Task<(string Key, string Value)[]> MoreSettingsAsync() =>
        Task.FromResult<(string Key, string Value)[]>([
            ("Vonage:SignatureSecret", CarrierHost.Secret),
            ("Storage:Path", Files),
            .. more,
        ]);
}
