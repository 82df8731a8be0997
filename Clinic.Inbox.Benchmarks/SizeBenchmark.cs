using System.Diagnostics;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Demo;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Clinic.Inbox.Benchmarks;

/// <summary>
/// What staff wait for, in a clinic of 2,000 and of 200,000 conversations: the first page of the inbox under each filter, the search,
/// a long thread, a month's usage. Beside the first page, the same rows by hand-written SQL over a bare connection. With
/// <c>SIZE_POSTGRES</c> (a connection string to an empty database, or to one that it filled before) the large one on PostgreSQL instead.
/// </summary>
internal static class SizeBenchmark
{
    private const int Times = 200;

    private static readonly ClinicSize Small = new(2_000, 20_000, 500);

    // SIZE_SCALE divides the large one, for a look at a busy machine.
    private static readonly int Scale = int.TryParse(
        Environment.GetEnvironmentVariable("SIZE_SCALE"),
        out var scale
    )
        ? scale
        : 1;

    private static readonly ClinicSize Large = new(
        200_000 / Scale,
        2_000_000 / Scale,
        50_000 / Scale
    );

    private static readonly string[] Searches =
    [
        "bella",
        "be",
        "zoe",
        "müller",
        "bella vacc",
        "refill ready",
        "appoint",
        "oneil luna",
        "0001",
        "16280001",
        "thank",
        "chocol",
        "no such words",
    ];

    public static async Task RunAsync()
    {
        if (Environment.GetEnvironmentVariable("SIZE_POSTGRES") is { Length: > 0 } postgres)
        {
            Print("PostgreSQL", small: null, await MeasureAsync(Large, "Postgres", postgres));
            return;
        }
        var folder = Directory.CreateTempSubdirectory("inbox-size");
        try
        {
            var small = await MeasureAsync(
                Small,
                "Sqlite",
                $"Data Source={Path.Combine(folder.FullName, "small.db")}"
            );
            var large = await MeasureAsync(
                Large,
                "Sqlite",
                $"Data Source={Path.Combine(folder.FullName, "large.db")}"
            );
            Print("SQLite", small, large);
            Console.WriteLine(
                $"File: {new FileInfo(Path.Combine(folder.FullName, "large.db")).Length / 1_000_000:N0} MB"
            );
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<Figure>> MeasureAsync(
        ClinicSize size,
        string provider,
        string connection
    )
    {
        await using var app = Build(provider, connection);
        await DatabaseSetup.MigrateAsync(app.Services, CancellationToken.None);
        await AddLineAsync(app.Services);
        var databases = app.Services.GetRequiredService<IDbContextFactory<InboxDb>>();
        if (!await IsFilledAsync(databases))
        {
            await SizeSeed.RunAsync(app.Services, size, Console.Out, CancellationToken.None);
        }
        // The pen is there, as in the app; nothing waits for it.
        await app.StartAsync();
        var inbox = app.Services.GetRequiredService<InboxQueries>();
        var threads = app.Services.GetRequiredService<ThreadQueries>();
        var search = app.Services.GetRequiredService<InboxSearch>();
        var clients = app.Services.GetRequiredService<ClientBook>();
        var line = (await inbox.LinesAsync(default))[0].Id;
        var (longOne, last) = await LongOneAsync(databases, threads);
        var figures = new List<Figure>
        {
            await TimeAsync("first page, bare SQL", _ => BareAsync(provider, connection)),
            await TimeAsync(
                "first page: all",
                _ => inbox.ListAsync(new InboxFilter(), null, 51, default)
            ),
            await TimeAsync(
                "first page: unread",
                _ => inbox.ListAsync(new InboxFilter(UnreadOnly: true), null, 51, default)
            ),
            await TimeAsync(
                "first page: unassigned",
                _ => inbox.ListAsync(new InboxFilter(UnassignedOnly: true), null, 51, default)
            ),
            await TimeAsync(
                "first page: one line",
                _ => inbox.ListAsync(new InboxFilter(LineId: line), null, 51, default)
            ),
            await TimeAsync(
                "first page: open and closed",
                _ => inbox.ListAsync(new InboxFilter(State: null), null, 51, default)
            ),
            await TimeAsync("count of unread", _ => inbox.UnreadAsync(default)),
            await TimeAsync(
                "search",
                i =>
                    search.FindAsync(
                        new InboxFilter(State: null, Search: Searches[i % Searches.Length]),
                        null,
                        51,
                        default
                    )
            ),
        };
        foreach (var typed in Searches)
        {
            figures.Add(
                await TimeAsync(
                    $"  '{typed}'",
                    _ =>
                        search.FindAsync(
                            new InboxFilter(State: null, Search: typed),
                            null,
                            51,
                            default
                        ),
                    times: 30
                )
            );
        }
        figures.Add(
            await TimeAsync(
                "clients: search",
                i => clients.SearchAsync(Searches[i % Searches.Length], null, 100, default)
            )
        );
        figures.Add(
            await TimeAsync(
                "clients: first page",
                _ => clients.SearchAsync(null, null, 100, default)
            )
        );
        figures.Add(
            await TimeAsync("thread of 5,000: its end", _ => threads.OpenAsync(longOne, default))
        );
        figures.Add(
            await TimeAsync(
                "thread of 5,000: a page back",
                _ => threads.PageAsync(longOne, last, default)
            )
        );
        figures.Add(
            await TimeAsync(
                "usage of a month",
                async _ =>
                {
                    await using var db = await databases.CreateDbContextAsync();
                    var now = DateTimeOffset.UtcNow;
                    return await UsageMeter.CountAsync(
                        db,
                        now.AddDays(-60),
                        now.AddDays(-30),
                        [],
                        default
                    );
                },
                times: 20
            )
        );
        await app.StopAsync();
        return figures;
    }

    private static async Task<bool> IsFilledAsync(IDbContextFactory<InboxDb> databases)
    {
        await using var db = await databases.CreateDbContextAsync();
        return await db.Conversations.AnyAsync();
    }

    private static async Task<(Id<Conversation> Id, MessageView Middle)> LongOneAsync(
        IDbContextFactory<InboxDb> databases,
        ThreadQueries threads
    )
    {
        await using var db = await databases.CreateDbContextAsync();
        var id = await db
            .Messages.GroupBy(m => m.ConversationId)
            .OrderByDescending(texts => texts.Count())
            .Select(texts => texts.Key!.Value)
            .FirstAsync();
        var (messages, _) = await threads.PageAsync(id, before: null, default);
        for (var i = 0; i < 10; i++)
        {
            (messages, _) = await threads.PageAsync(id, messages[0], default);
        }
        return (id, messages[0]);
    }

    private static async Task<object?> BareAsync(string provider, string connection)
    {
        await using System.Data.Common.DbConnection db =
            provider == "Sqlite"
                ? new SqliteConnection(connection)
                : new NpgsqlConnection(connection);
        await db.OpenAsync();
        await using var command = db.CreateCommand();
        command.CommandText =
            "SELECT \"Id\", \"LineId\", \"Number\", \"ClientId\", \"ClientName\", \"State\", \"Unread\", \"LastMessageAt\", \"Preview\", \"LastWasOurs\", \"AwaitsOptOutDecision\" "
            + "FROM \"Conversations\" WHERE \"State\" = 'Open' ORDER BY \"LastMessageAt\" DESC, \"Id\" DESC LIMIT 51";
        await using var reader = await command.ExecuteReaderAsync();
        var values = new object[11];
        while (await reader.ReadAsync())
        {
            reader.GetValues(values);
        }
        return null;
    }

    private static async Task<Figure> TimeAsync<T>(
        string name,
        Func<int, Task<T>> read,
        int times = Times
    )
    {
        for (var i = 0; i < Searches.Length; i++)
        {
            await read(i);
        }
        var took = new double[times];
        for (var i = 0; i < times; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await read(i);
            took[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
        Array.Sort(took);
        return new Figure(name, took[times / 2], took[(int)(times * 0.95)]);
    }

    private static void Print(string database, List<Figure>? small, List<Figure> large)
    {
        Console.WriteLine();
        Console.WriteLine(
            $"{database}, {Environment.ProcessorCount} cores; {Small.Conversations:N0} and {Large.Conversations:N0} conversations, p50 and p95 in ms"
        );
        Console.WriteLine($"{"", -32}{"p50", 9}{"p95", 9}{"p50", 9}{"p95", 9}{"ratio", 8}");
        foreach (var (i, figure) in large.Index())
        {
            var before = small?[i];
            Console.WriteLine(
                $"{figure.Name, -32}{before?.P50, 9:N2}{before?.P95, 9:N2}{figure.P50, 9:N2}{figure.P95, 9:N2}{figure.P50 / before?.P50, 8:N1}"
            );
        }
    }

    private static async Task AddLineAsync(IServiceProvider services)
    {
        await using var db = await services
            .GetRequiredService<IDbContextFactory<InboxDb>>()
            .CreateDbContextAsync();
        if (await db.Lines.AnyAsync())
        {
            return;
        }
        var now = DateTimeOffset.UtcNow;
        PhoneNumber.TryFromCarrier(InboundBody.Line, out var number);
        db.Lines.Add(new Line(Id<Line>.New(now), number, LineType.LongCode, AddOn.TwoWay, now));
        await db.SaveChangesAsync();
    }

    private static WebApplication Build(string provider, string connection)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["urls"] = "http://127.0.0.1:0",
                ["Database:Provider"] = provider,
                ["ConnectionStrings:Inbox"] = connection,
                ["Storage:Path"] = Path.Combine(Path.GetTempPath(), "inbox-size-files"),
            }
        );
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddInboxDb(builder.Configuration);
        builder.Services.AddClients();
        builder.Services.AddSingleton<InboxSearch>();
        builder.Services.AddSingleton<InboxQueries>();
        builder.Services.AddSingleton<ThreadQueries>();
        builder.Services.AddSingleton<Search.SearchIndex>();
        builder.Services.AddInboxWriter();
        builder.Services.AddHostedService(services => services.GetRequiredService<InboxWriter>());
        return builder.Build();
    }

    private sealed record Figure(string Name, double P50, double P95);
}
