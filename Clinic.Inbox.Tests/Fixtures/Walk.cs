using System.Collections.Concurrent;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Schedule;
using NodaTime;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// The real app between a phone and a carrier of the tests' own, shared by the tests of a class: each takes a
/// <see cref="Scene"/> with a line and a phone that nobody else has.
/// </summary>
public abstract class Walk(DatabaseKind kind) : IAsyncDisposable
{
    private static int _numbers;

    private readonly SemaphoreSlim _starting = new(1, 1);
    private DirectoryInfo? _folder;
    private InboxApp? _app;
    private IDisposable? _listening;

    public DatabaseKind Kind => kind;

    internal InboxApp App => _app!;

    internal FakeCarrier Carrier { get; private set; } = null!;

    /// <summary>What the app was started with.</summary>
    internal (string Key, string Value)[]? Settings { get; private set; }

    /// <summary>Everything that the screens were told, in order.</summary>
    internal ConcurrentQueue<InboxEvent> Told { get; } = new();

    /// <summary>The app, started by the first test that asks. Skips the test where the database is not installed.</summary>
    internal async Task<Scene> SceneAsync(
        LineType type = LineType.LongCode,
        int messagesPerSecond = 30
    )
    {
        await StartAsync();
        var line = await AddLineAsync(type, messagesPerSecond);
        return new Scene(this, line, NewNumber());
    }

    internal async Task StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_app is not null)
            {
                return;
            }
            _folder ??= Directory.CreateTempSubdirectory("inbox-walk");
            Carrier ??= await FakeCarrier.StartAsync();
            if (Settings is null && kind == DatabaseKind.Sqlite)
            {
                await EmptyDatabase.CopyToAsync(Path.Combine(_folder.FullName, "inbox.db"));
            }
            Settings ??=
            [
                .. await kind.NewAsync(_folder.FullName),
                .. await MoreSettingsAsync(),
                ("Vonage:BaseUrl", Carrier.Address),
                // Many tests make things fail on purpose.
                ("Logging:LogLevel:Default", "Critical"),
                ("Logging:LogLevel:Microsoft", "Critical"),
                ("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Critical"),
            ];
            _app = await InboxApp.StartAsync(settings: Settings);
            await NeverQuietAsync();
            _listening = _app.Get<Feed>().Subscribe(Told.Enqueue);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>What the app is started with beside the database and the carrier.</summary>
    protected virtual Task<(string Key, string Value)[]> MoreSettingsAsync() =>
        Task.FromResult<(string Key, string Value)[]>([]);

    /// <summary>Whatever the hour at which the tests run: a reminder leaves when it is due.</summary>
    private async Task NeverQuietAsync()
    {
        await using var db = App.Db();
        if (await db.Settings.FindAsync(QuietHours.Key) is null)
        {
            var allDay = new QuietHours(LocalTime.Midnight, LocalTime.MaxValue);
            db.Settings.Add(SettingStore.Row(QuietHours.Key, allDay));
            await db.SaveChangesAsync();
        }
    }

    /// <summary>Ends the app as a service manager does. <see cref="StartAsync"/> starts it again on the same database.</summary>
    internal async Task StopAsync()
    {
        _listening?.Dispose();
        if (_app is { } running)
        {
            _app = null;
            await running.DisposeAsync();
        }
    }

    /// <summary>One of a test's own.</summary>
    internal static Walk On(DatabaseKind kind) =>
        kind == DatabaseKind.Sqlite ? new SqliteWalk() : new PostgresWalk();

    /// <summary>A number that no other test has.</summary>
    internal static PhoneNumber NewNumber()
    {
        var n = Interlocked.Increment(ref _numbers);
        PhoneNumber.TryFromCarrier($"1{415 + (n / 10_000)}555{n % 10_000:0000}", out var number);
        return number;
    }

    internal async Task<Line> AddLineAsync(
        LineType type = LineType.LongCode,
        int messagesPerSecond = 30
    )
    {
        await using var db = App.Db();
        var now = App.Get<TimeProvider>().GetUtcNow();
        var line = new Line(Id<Line>.New(now), NewNumber(), type, AddOn.TwoWay, now);
        line.SetPace(messagesPerSecond);
        db.Lines.Add(line);
        await db.SaveChangesAsync();
        return line;
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Carrier is not null)
        {
            await StopAsync();
            await Carrier.DisposeAsync();
        }
        _folder?.Delete(recursive: true);
        _starting.Dispose();
    }
}

public sealed class SqliteWalk() : Walk(DatabaseKind.Sqlite);

public sealed class PostgresWalk() : Walk(DatabaseKind.Postgres);
