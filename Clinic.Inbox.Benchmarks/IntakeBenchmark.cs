using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clinic.Inbox.Benchmarks;

/// <summary>
/// Durable intake over HTTP: our webhook (signature, parsing, dedupe, keywords, conversation, durable
/// commit) against an empty endpoint and against a bare loop of the same inserts (on SQLite a group to a transaction, on
/// PostgreSQL one), one after the other in one run, at 1, 16 and 64 connections.
/// </summary>
internal static class IntakeBenchmark
{
    private static readonly (int Connections, int Requests)[] Rounds =
    [
        (1, 3_000),
        (16, 20_000),
        (64, 40_000),
    ];

    /// <summary>On SQLite, and on a PostgreSQL of the benchmark's own where it is installed.</summary>
    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-bench");
        try
        {
            var loop = await BareLoop.OpenAsync(Path.Combine(folder.FullName, "bare.db"));
            await RunAsync(
                "SQLite synchronous=FULL",
                folder.FullName,
                [
                    (
                        "ConnectionStrings:Inbox",
                        $"Data Source={Path.Combine(folder.FullName, "inbox.db")}"
                    ),
                ],
                ("bare group commit", loop.HandleAsync, loop)
            );
            if (await BenchPostgres.StartAsync() is not { } server)
            {
                Console.WriteLine("PostgreSQL is not installed: not measured on it.");
                return;
            }
            await using (server)
            {
                var bare = await BarePostgres.OpenAsync(await server.NewDatabaseAsync("bare"));
                await RunAsync(
                    "PostgreSQL fsync=on synchronous_commit=on",
                    folder.FullName,
                    [
                        ("Database:Provider", "Postgres"),
                        ("ConnectionStrings:Inbox", await server.NewDatabaseAsync("ours")),
                    ],
                    ("bare transactions", bare.HandleAsync, bare)
                );
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(
        string database,
        string folder,
        (string Key, string? Value)[] settings,
        (string Name, RequestDelegate Handle, IDisposable With) bareLoop
    )
    {
        await using var ours = await OursAsync(folder, settings);
        await using var reference = await BareAsync(bareLoop.Handle, bareLoop.With);
        Console.WriteLine(
            $"Durable webhook intake, {database}, {Environment.ProcessorCount} cores; load from the same machine"
        );
        Console.WriteLine(
            $"{"", -24}{"connections", 12}{"requests/s", 12}{"p50 ms", 9}{"p99 ms", 9}{"errors", 8}{"of bare", 9}{"of empty", 10}"
        );
        var number = 0;
        // One unmeasured round first: everything is compiled and the files have grown.
        await LoadAsync(ours.Address + "webhooks/vonage/inbound", 16, 4_000, ref number);
        await LoadAsync(reference.Address + "bare", 16, 4_000, ref number);
        await LoadAsync(reference.Address + "empty", 16, 4_000, ref number);
        foreach (var (connections, requests) in Rounds)
        {
            var empty = await LoadAsync(
                reference.Address + "empty",
                connections,
                requests,
                ref number
            );
            var bare = await LoadAsync(
                reference.Address + "bare",
                connections,
                requests,
                ref number
            );
            var mine = await LoadAsync(
                ours.Address + "webhooks/vonage/inbound",
                connections,
                requests,
                ref number
            );
            Print("empty endpoint", connections, empty, bare, empty);
            Print(bareLoop.Name, connections, bare, bare, empty);
            Print("Clinic.Inbox webhook", connections, mine, bare, empty);
        }
        await CheckNothingLostAsync(ours, 4_000 + Rounds.Sum(r => r.Requests));
    }

    private static Task<LoadResult> LoadAsync(
        string url,
        int connections,
        int requests,
        ref int number
    )
    {
        var bodies = Enumerable.Range(number, requests).Select(InboundBody.Make).ToArray();
        number += requests;
        return LoadGenerator.RunAsync(new Uri(url), connections, bodies);
    }

    private static void Print(
        string name,
        int connections,
        LoadResult result,
        LoadResult bare,
        LoadResult empty
    ) =>
        Console.WriteLine(
            $"{name, -24}{connections, 12}{result.PerSecond, 12:N0}{result.P50, 9:N1}{result.P99, 9:N1}{result.Errors, 8}"
                + $"{result.PerSecond / bare.PerSecond, 9:P0}{result.PerSecond / empty.PerSecond, 10:P0}"
        );

    private static async Task CheckNothingLostAsync(BenchServer ours, int expected)
    {
        await using var db = await ours
            .Services.GetRequiredService<IDbContextFactory<InboxDb>>()
            .CreateDbContextAsync();
        var stored = await db.Messages.CountAsync(m => m.Direction == MessageDirection.Inbound);
        var distinct = await db
            .Messages.Where(m => m.Direction == MessageDirection.Inbound)
            .Select(m => m.CarrierId)
            .Distinct()
            .CountAsync();
        Console.WriteLine(
            $"Rows: {stored:N0} stored, {distinct:N0} distinct, {expected:N0} answered 200: "
                + (stored == expected && distinct == expected ? "none lost, none doubled" : "WRONG")
        );
        if (stored != expected || distinct != expected)
        {
            throw new InvalidOperationException("Intake lost or doubled rows.");
        }
    }

    private static async Task<BenchServer> OursAsync(
        string folder,
        (string Key, string? Value)[] settings
    )
    {
        var builder = Builder();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage:Path"] = Path.Combine(folder, "attachments"),
                ["Vonage:SignatureSecret"] = InboundBody.Secret,
            }
        );
        builder.Configuration.AddInMemoryCollection(
            settings.ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal)
        );
        builder.Services.AddInboxDb(builder.Configuration);
        builder.Services.AddConversations();
        builder.Services.AddVonage(builder.Configuration, builder.Environment);
        var app = builder.Build();
        await DatabaseSetup.MigrateAsync(app.Services, CancellationToken.None);
        await using (
            var db = await app
                .Services.GetRequiredService<IDbContextFactory<InboxDb>>()
                .CreateDbContextAsync()
        )
        {
            var now = DateTimeOffset.UtcNow;
            PhoneNumber.TryFromCarrier(InboundBody.Line, out var number);
            db.Lines.Add(new Line(Id<Line>.New(now), number, LineType.LongCode, AddOn.TwoWay, now));
            await db.SaveChangesAsync();
        }
        app.MapVonageWebhooks();
        return await BenchServer.StartAsync(app);
    }

    private static async Task<BenchServer> BareAsync(RequestDelegate handle, IDisposable with)
    {
        var app = Builder().Build();
        app.MapPost(
            "/empty",
            async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                context.Response.StatusCode = StatusCodes.Status200OK;
            }
        );
        app.MapPost("/bare", handle);
        return await BenchServer.StartAsync(app, with);
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }
}
