using System.Diagnostics;
using System.Globalization;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Benchmarks;

/// <summary>The whole product, its simulator as the carrier, and very many visits that start within one minute.</summary>
internal sealed class DuePractice : IAsyncDisposable
{
    private static readonly Actor Desk = new("bench", "Front desk");

    private readonly WebApplication _app;
    private DateTimeOffset _due;

    private DuePractice(WebApplication app) => _app = app;

    /// <summary>Texts a second that the line may send.</summary>
    public int Pace => 10;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<DuePractice> OpenAsync(string folder, int visits)
    {
        var app = await Program.BuildAsync([
            "--environment=Development",
            "--urls=http://127.0.0.1:0",
            $"--ConnectionStrings:Inbox=Data Source={Path.Combine(folder, "inbox.db")}",
            $"--Storage:Path={Path.Combine(folder, "attachments")}",
            "--Demo:Enabled=false",
            "--Logging:LogLevel:Default=Error",
            "--Logging:LogLevel:Microsoft=Error",
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Error",
        ]);
        var practice = new DuePractice(app);
        await practice.FillAsync(visits);
        await app.StartAsync();
        return practice;
    }

    public async Task MarkChangedAsync()
    {
        await using var db = await DbAsync();
        await db.Database.ExecuteSqlRawAsync("UPDATE \"Appointments\" SET \"NeedsPlanning\" = 1");
    }

    public async Task CheckPlannedAsync(int expected)
    {
        await using var db = await DbAsync();
        var planned = await db.PlannedReminders.CountAsync();
        if (planned != expected)
        {
            throw new InvalidOperationException($"{planned:N0} were planned, not {expected:N0}.");
        }
    }

    /// <summary>Every reminder is due.</summary>
    public void MoveClockToDue()
    {
        var clock = Get<DemoClock>();
        clock.Advance(_due + TimeSpan.FromMinutes(1) - clock.GetUtcNow());
    }

    public async Task UntilLeavingAsync()
    {
        while (await LeftAsync() == 0)
        {
            await Task.Delay(50);
        }
    }

    /// <summary>Reminders that the carrier has.</summary>
    public async Task<int> LeftAsync()
    {
        await using var db = await DbAsync();
        return await db.Messages.CountAsync(m =>
            m.Kind == MessageKind.Reminder && m.SentAt != null
        );
    }

    /// <summary>Staff answer a client; milliseconds until the carrier has it.</summary>
    public async Task<double> ReplyAsync(int number)
    {
        await Get<IReceivedPort>()
            .ReceiveAsync(
                new ReceivedText(
                    Guid.NewGuid().ToString(),
                    (14_155_559_000 + number).ToString(CultureInfo.InvariantCulture),
                    InboundBody.Line,
                    SentAt: null,
                    "Hello",
                    [],
                    "sms",
                    1,
                    "{}"
                ),
                CancellationToken.None
            );
        await using var db = await DbAsync();
        var conversation = await db
            .Conversations.OrderByDescending(c => c.Id)
            .Select(c => c.Id)
            .FirstAsync();
        var started = Stopwatch.GetTimestamp();
        var sent =
            await Get<ConversationDesk>()
                .SendAsync(conversation, "Hi, Rosa here", [], Desk, CancellationToken.None)
                as EnqueueResult.Queued
            ?? throw new InvalidOperationException("The reply was refused.");
        while (!await db.Messages.AnyAsync(m => m.Id == sent.Message.Id && m.SentAt != null))
        {
            await Task.Delay(5);
        }
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    public async ValueTask DisposeAsync()
    {
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10)))
        {
            await _app.StopAsync(patience.Token);
        }
        await _app.DisposeAsync();
    }

    private Task<InboxDb> DbAsync() => Get<IDbContextFactory<InboxDb>>().CreateDbContextAsync();

    /// <summary>One of each by its entity, the others as copies of it with their own ids, numbers and names.</summary>
    private async Task FillAsync(int visits)
    {
        var now = Get<DemoClock>().GetUtcNow();
        _due = now.AddDays(1);
        var start = _due.AddDays(1);
        PhoneNumber.TryFromCarrier(InboundBody.Line, out var lineNumber);
        PhoneNumber.TryFromCarrier("15005550000", out var phone);
        var line = new Line(Id<Line>.New(now), lineNumber, LineType.LongCode, AddOn.TwoWay, now);
        line.SetPace(Pace);
        var type = new AppointmentType(Id<AppointmentType>.New(now), "Exam", 30, "teal");
        type.RemindBy(sendsConfirmation: true, [24 * 60], preVisitOffset: null);
        var client = new Client(Id<Client>.New(now), "Ana", "Cole", now);
        client.AddPhone(phone, PhoneType.Mobile);
        var consent = new ConsentRecord(
            Id<ConsentRecord>.New(now),
            client.Id,
            ConsentCategory.Transactional,
            ConsentAction.Granted,
            ConsentMethod.InPerson,
            "May we text you?",
            now,
            "Rosa Diaz",
            now
        );
        var visit = new Appointment(
            Id<Appointment>.New(now),
            type.Id,
            client.Id,
            patientId: null,
            start,
            start.AddMinutes(30),
            "Dr. Patel"
        );
        await using var db = await DbAsync();
        db.ClinicProfiles.Single().Describe("Maple Grove", "America/Chicago", "US", "");
        db.AddRange(line, type, client, consent, visit);
        db.Settings.Add(
            new Setting(QuietHours.Key, """{"from":"00:00:00","to":"23:59:59.9999999"}""")
        );
        await db.SaveChangesAsync();
        await db.Database.ExecuteSqlRawAsync("UPDATE \"Appointments\" SET \"NeedsPlanning\" = 0");
        const string client32 = "printf('c%031x', n)";
        await CopyAsync(db, "Clients", visits, ("Id", client32), ("LastName", "'Cole ' || n"));
        await CopyAsync(
            db,
            "ClientPhones",
            visits,
            ("Id", "printf('b%031x', n)"),
            ("ClientId", client32),
            ("Number", "'+1' || (5005550000 + n)")
        );
        await CopyAsync(
            db,
            "ConsentRecords",
            visits,
            ("Id", "printf('d%031x', n)"),
            ("ClientId", client32)
        );
        await CopyAsync(
            db,
            "Appointments",
            visits,
            ("Id", "printf('a%031x', n)"),
            ("ClientId", client32),
            ("StartsAt", "StartsAt + (n % 60) * 1000000")
        );
    }

    private static async Task CopyAsync(
        InboxDb db,
        string table,
        int rows,
        params (string Column, string Value)[] own
    )
    {
        var columns = await db
            .Database.SqlQuery<string>($"SELECT name AS \"Value\" FROM pragma_table_info({table})")
            .ToListAsync();
        var values = columns.Select(c =>
            Array.Find(own, o => o.Column == c).Value is { } value ? value : $"\"{c}\""
        );
        var sql =
            "WITH RECURSIVE \"Count\"(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM \"Count\" WHERE n < "
            + (rows - 1).ToString(CultureInfo.InvariantCulture)
            + $") INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) "
            + $"SELECT {string.Join(", ", values)} FROM \"Count\", (SELECT * FROM \"{table}\" LIMIT 1)";
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
