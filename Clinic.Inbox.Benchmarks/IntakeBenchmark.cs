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
/// Durable intake over HTTP: our webhook (signature, parsing, dedupe, keywords, conversation, commit with
/// <c>synchronous=FULL</c>) against an empty endpoint and against a bare group-commit loop of the same inserts, one after the
/// other in one run, at 1, 16 and 64 connections.
/// </summary>
internal static class IntakeBenchmark
{
    private static readonly (int Connections, int Requests)[] Rounds =
    [
        (1, 3_000),
        (16, 20_000),
        (64, 40_000),
    ];

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-bench");
        try
        {
            await using var ours = await OursAsync(folder.FullName);
            await using var reference = await BareAsync(folder.FullName);
            Console.WriteLine(
                $"Durable webhook intake, SQLite synchronous=FULL, {Environment.ProcessorCount} cores; load from the same machine"
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
                Print("bare group commit", connections, bare, bare, empty);
                Print("Clinic.Inbox webhook", connections, mine, bare, empty);
            }
            await CheckNothingLostAsync(ours, 4_000 + Rounds.Sum(r => r.Requests));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
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

    private static async Task<BenchServer> OursAsync(string folder)
    {
        var builder = Builder();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["ConnectionStrings:Inbox"] = $"Data Source={Path.Combine(folder, "inbox.db")}",
                ["Storage:Path"] = Path.Combine(folder, "attachments"),
                ["Vonage:SignatureSecret"] = InboundBody.Secret,
            }
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

    private static async Task<BenchServer> BareAsync(string folder)
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
        var loop = await BareLoop.OpenAsync(Path.Combine(folder, "bare.db"));
        app.MapPost("/bare", loop.HandleAsync);
        return await BenchServer.StartAsync(app, loop);
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }
}
