using System.Diagnostics;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace Clinic.Inbox.Benchmarks;

/// <summary>
/// 100,000 visits whose reminders are due within one minute: how long planning takes, against a bare loop that writes the same rows;
/// whether they leave at the line's pace; and how long a staff reply takes that is written in the middle of it.
/// </summary>
internal static class RemindersBenchmark
{
    private const int Visits = 100_000;
    private const int Replies = 10;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(30);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-bench");
        try
        {
            await using var practice = await DuePractice.OpenAsync(folder.FullName, Visits);
            Console.WriteLine(
                $"{Visits:N0} reminders due within one minute, SQLite synchronous=FULL, {Environment.ProcessorCount} cores for all of it"
            );
            var scheduler = await practice
                .Get<ISchedulerFactory>()
                .GetScheduler(CancellationToken.None);
            await scheduler.Standby();
            var bare = await BareAsync(folder.FullName);
            await practice.MarkChangedAsync();
            var started = Stopwatch.GetTimestamp();
            await practice.Get<ReminderPlanner>().PlanAsync(CancellationToken.None);
            var planned = Stopwatch.GetElapsedTime(started);
            await practice.CheckPlannedAsync(Visits);
            Console.WriteLine(
                $"  planned in {planned.TotalSeconds:N1} s; bare loop of the same rows {bare.TotalSeconds:N1} s ({bare / planned:P0} of its rate)"
            );

            practice.MoveClockToDue();
            await scheduler.Start();
            await practice.UntilLeavingAsync();
            var before = await practice.LeftAsync();
            started = Stopwatch.GetTimestamp();
            var waits = new List<double>();
            for (var i = 0; i < Replies; i++)
            {
                await Task.Delay(Watched / Replies);
                waits.Add(await practice.ReplyAsync(i));
            }
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var left = await practice.LeftAsync() - before + Replies;
            Console.WriteLine(
                $"  left at {left / seconds:N1} a second; the line's pace is {practice.Pace} ({left / seconds / practice.Pace:P0})"
            );
            waits.Sort();
            Console.WriteLine(
                $"  a staff reply in the middle was with the carrier after {waits[waits.Count / 2]:N0} ms (median of {Replies}), at most {waits[^1]:N0} ms"
            );
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The reference: a prepared insert of the same rows into the same table, as many to a transaction as planning takes.</summary>
    private static async Task<TimeSpan> BareAsync(string folder)
    {
        var file = $"Data Source={Path.Combine(folder, "bare.db")}";
        var options = new DbContextOptionsBuilder<SqliteInboxDb>();
        DatabaseSetup.UseSqlite(options, file);
        await using (var context = new SqliteInboxDb(options.Options))
        {
            await context.Database.MigrateAsync();
        }
        await using var db = new SqliteConnection(file);
        await db.OpenAsync();
        SqlitePragmas.Apply(db);
        await using (var off = db.CreateCommand())
        {
            // The clients that the rows are about are not there.
            off.CommandText = "PRAGMA foreign_keys = OFF";
            await off.ExecuteNonQueryAsync();
        }
        await using var insert = db.CreateCommand();
        insert.CommandText = """
            INSERT INTO "PlannedReminders" ("Id", "Key", "Kind", "ClientId", "AppointmentId", "About", "DueAt", "ExpiresAt", "State", "Reason")
            VALUES (@p0, @p1, 'Appointment', @p2, @p3, '2026-05-05', @p4, @p5, 'Planned', '')
            """;
        for (var i = 0; i < 6; i++)
        {
            insert.Parameters.Add(new SqliteParameter { ParameterName = "@p" + i });
        }
        var started = Stopwatch.GetTimestamp();
        for (var done = 0; done < Visits; done += 500)
        {
            await using var transaction = await db.BeginTransactionAsync();
            insert.Transaction = (SqliteTransaction)transaction;
            for (var i = 0; i < 500; i++)
            {
                var visit = Guid.CreateVersion7().ToString("N");
                insert.Parameters[0].Value = Guid.CreateVersion7().ToString("N");
                insert.Parameters[1].Value = $"appointment/{visit}/reminder/1440/1780000000000000";
                insert.Parameters[2].Value = Guid.CreateVersion7().ToString("N");
                insert.Parameters[3].Value = visit;
                insert.Parameters[4].Value = 1_780_000_000_000_000L;
                insert.Parameters[5].Value = 1_780_000_000_000_000L;
                insert.ExecuteNonQuery();
            }
            await transaction.CommitAsync();
        }
        return Stopwatch.GetElapsedTime(started);
    }
}
