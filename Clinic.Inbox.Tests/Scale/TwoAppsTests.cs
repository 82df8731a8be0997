using System.Collections.Concurrent;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Api;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;

namespace Clinic.Inbox.Tests.Scale;

/// <summary>Two nodes whose insides can be looked at: what one keeps in memory follows what the other commits.</summary>
public sealed class TwoAppsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_chosen_on_one_node_holds_on_the_other()
    {
        await using var both = await Both.StartAsync();
        var noon = new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
        var clinic = await both.A.Get<ClinicBook>().ReadAsync(Cancellation);

        await both
            .A.Get<ClinicBook>()
            .SaveAsync(clinic with { TimeZone = "Asia/Kolkata" }, Scene.Receptionist, Cancellation);

        await Eventually.IsTrueAsync(
            () => Task.FromResult(both.B.Get<ClinicClock>().Local(noon).Hour == 17),
            "the other node writes times in the clinic's new zone"
        );

        // The other node has them in its memory.
        Assert.False((await CurrentAsync(both.B)).AutoResponse);
        await both
            .A.Get<AfterHoursBook>()
            .SaveAsync(
                AfterHoursSettings.Default with
                {
                    AutoResponse = true,
                },
                Scene.Receptionist,
                Cancellation
            );
        await Eventually.IsTrueAsync(
            async () => (await CurrentAsync(both.B)).AutoResponse,
            "the other node answers after hours"
        );
    }

    [Fact]
    public async Task A_key_that_is_revoked_on_one_node_listens_no_longer_on_the_other()
    {
        // Not by the look at every session, which comes in an hour.
        await using var both = await Both.StartAsync(builder =>
            builder.Services.Replace(
                ServiceDescriptor.Singleton(new SessionChecks(TimeSpan.FromHours(1)))
            )
        );
        using var api = await both.A.ApiClientAsync("read");
        await using var hub = new HubConnectionBuilder()
            .WithUrl(
                new Uri(both.B.Address, "hubs/inbox"),
                options => options.Headers["Authorization"] = "Bearer " + api.Key
            )
            .Build();
        await hub.StartAsync(Cancellation);

        var key = Assert.Single(await both.A.Get<ApiKeys>().ListAsync(Cancellation));
        await both.A.Get<ApiKeys>().RevokeAsync(key.Id, ApiClients.Tester, Cancellation);

        await Eventually.IsTrueAsync(
            () => Task.FromResult(hub.State == HubConnectionState.Disconnected),
            "the connection is ended"
        );
    }

    [Fact]
    public async Task A_session_of_one_node_is_one_of_the_other()
    {
        await using var both = await Both.StartAsync();
        using var dana = await both.A.UserAsync();
        using var visitor = both.B.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Get, Paths.Inbox);
        request.Headers.Add("Cookie", $"{dana.Cookie.Name}={dana.Cookie.Value}");

        using var answer = await visitor.SendAsync(request, Cancellation);

        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_session_that_is_ended_on_one_node_holds_nothing_open_on_the_other()
    {
        await using var both = await Both.StartAsync(builder =>
            builder.Services.Replace(
                ServiceDescriptor.Singleton(new SessionChecks(TimeSpan.FromHours(1)))
            )
        );
        using var boss = await both.A.UserAsync(Roles.Administrator);
        using var dana = await both.A.UserAsync();
        var cookie = $"{dana.Cookie.Name}={dana.Cookie.Value}";
        await using var hub = new HubConnectionBuilder()
            .WithUrl(
                new Uri(both.B.Address, "hubs/inbox"),
                options => options.Headers["Cookie"] = cookie
            )
            .Build();
        await hub.StartAsync(Cancellation);

        Assert.True(
            await both
                .A.Get<SessionBook>()
                .EndOthersAsync(
                    dana.User.Id,
                    but: null,
                    new Actor(boss.User.Id, boss.User.DisplayName),
                    Cancellation
                )
        );

        await Eventually.IsTrueAsync(
            () => Task.FromResult(hub.State == HubConnectionState.Disconnected),
            "the connection is ended"
        );
        using var visitor = both.B.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Get, Paths.Inbox);
        request.Headers.Add("Cookie", cookie);
        using var answer = await visitor.SendAsync(request, Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task Each_firing_of_a_job_runs_on_one_node()
    {
        const int Firings = 30;
        CountedJob.Firings.Clear();
        await using var both = await Both.StartAsync();
        var scheduler = await both.A.Get<ISchedulerFactory>().GetScheduler(Cancellation);

        await scheduler.ScheduleJob(
            JobBuilder.Create<CountedJob>().WithIdentity("counted").Build(),
            TriggerBuilder
                .Create()
                .WithIdentity("counted")
                .StartNow()
                .WithSimpleSchedule(every =>
                    every
                        .WithInterval(TimeSpan.FromMilliseconds(200))
                        .WithRepeatCount(Firings - 1)
                        .WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires)
                )
                .Build(),
            cancellationToken: Cancellation
        );

        // The trigger goes when its last firing has run; one before that may still be about to.
        await Eventually.IsTrueAsync(
            async () =>
                !await scheduler.Exists(new TriggerKey("counted"), Cancellation)
                && CountedJob.Firings.Count >= Firings,
            "the trigger has fired for the last time"
        );
        Assert.Equal(Firings, CountedJob.Firings.Count);
        Assert.Equal(Firings, CountedJob.Firings.Distinct().Count());
    }

    [Fact]
    public async Task The_schedule_is_shared_and_starting_again_adds_nothing_to_it()
    {
        await using var both = await Both.StartAsync();
        string[] own =
        [
            "backup",
            "documents-cleaning",
            "emails",
            "numbers",
            "reminders",
            "retention",
            "statements",
        ];

        var triggers = await TriggersAsync(both.A);
        await both.RestartBAsync();

        Assert.Equal(triggers.Distinct(StringComparer.Ordinal), triggers);
        Assert.Superset(
            own.ToHashSet(StringComparer.Ordinal),
            triggers.ToHashSet(StringComparer.Ordinal)
        );
        Assert.Equal(triggers, await TriggersAsync(both.A));
    }

    [Fact]
    public async Task Who_lost_a_line_claims_nothing_of_it_and_who_takes_it_sends()
    {
        await using var both = await Both.StartAsync();
        await LeaseAsync(both.A, "somebody else", 9_000_000_000_000_000);
        using var received = await both.A.ReceiveAsync("14155550134", "Hello");
        var row = Assert.Single(
            await both.A.Get<InboxQueries>().ListAsync(new InboxFilter(), null, 10, Cancellation)
        );
        var queued = Assert.IsType<EnqueueResult.Queued>(
            await both
                .A.Get<ConversationDesk>()
                .SendAsync(row.Id, "Hi", [], Scene.Receptionist, Cancellation)
        );

        foreach (var node in (InboxApp[])[both.A, both.B])
        {
            Assert.IsType<Claim.Nothing>(
                await node.Get<Sending>()
                    .ClaimAsync(row.LineId, new LinePause(node.Clock), Cancellation)
            );
        }
        Assert.Equal(MessageState.Queued, await StateAsync());

        // Its node is gone for good.
        await LeaseAsync(both.A, "somebody else", 0);
        await Eventually.IsTrueAsync(
            async () => await StateAsync() is MessageState.Sent or MessageState.Delivered,
            "another node sends it"
        );

        async Task<MessageState> StateAsync()
        {
            await using var db = both.B.Db();
            return (
                await db.Messages.SingleAsync(m => m.Id == queued.Message.Id, Cancellation)
            ).State;
        }
    }

    /// <summary>The lease of every line, as a node that is not here has it.</summary>
    private static async Task LeaseAsync(InboxApp app, string node, long until)
    {
        await using var db = app.Db();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "LineLeases" SELECT "Id", {node}, {until} FROM "Lines"
            ON CONFLICT ("LineId") DO UPDATE SET "Node" = EXCLUDED."Node", "Until" = EXCLUDED."Until"
            """,
            Cancellation
        );
    }

    [Fact]
    public async Task Nodes_that_start_together_on_an_empty_database_make_one_clinic()
    {
        await using var both = await Both.StartAsync(together: true);

        await using var db = both.A.Db();
        Assert.Equal(1, await db.ClinicProfiles.CountAsync(Cancellation));
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Cancellation));
    }

    [Fact]
    public async Task Without_postgres_several_nodes_are_refused_in_plain_words()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            InboxApp.StartAsync(settings: ("Redis", "127.0.0.1:1"))
        );

        Assert.Contains(
            "Database:Provider must be Postgres",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    private static ValueTask<AfterHoursSettings> CurrentAsync(InboxApp app) =>
        new(
            app.Get<InboxWriter>()
                .RunAsync(
                    async session => await app.Get<AfterHoursBook>().CurrentAsync(session),
                    Cancellation
                )
        );

    private static async Task<List<string>> TriggersAsync(InboxApp app)
    {
        await using var db = app.Db();
        return await db
            .Database.SqlQueryRaw<string>(
                // Not those that fire once, when somebody rings.
                "SELECT trigger_name AS \"Value\" FROM qrtz_simple_triggers WHERE repeat_count = -1 ORDER BY trigger_name"
            )
            .ToListAsync(Cancellation);
    }

    /// <summary>Remembers for which time it was fired, whoever ran it.</summary>
    public sealed class CountedJob : IJob
    {
        internal static ConcurrentQueue<DateTimeOffset?> Firings { get; } = new();

        public ValueTask Execute(
            IJobExecutionContext context,
            CancellationToken cancellationToken = default
        )
        {
            Firings.Enqueue(context.ScheduledFireTimeUtc);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Both : IAsyncDisposable
    {
        private readonly RedisServer _redis;
        private readonly Action<WebApplicationBuilder>? _adjust;
        private readonly (string, string)[] _settings;

        private Both(
            RedisServer redis,
            Action<WebApplicationBuilder>? adjust,
            (string, string)[] settings
        )
        {
            (_redis, _adjust, _settings) = (redis, adjust, settings);
        }

        public InboxApp A { get; private set; } = null!;

        public InboxApp B { get; private set; } = null!;

        public static async Task<Both> StartAsync(
            Action<WebApplicationBuilder>? adjust = null,
            bool together = false
        )
        {
            var redis = await RedisServer.StartAsync();
            var both = new Both(
                redis,
                adjust,
                [.. await DatabaseKind.Postgres.NewAsync(""), ("Redis", redis.ConnectionString)]
            );
            if (together)
            {
                var apps = await Task.WhenAll(
                    Task.Run(both.OneAsync, Cancellation),
                    Task.Run(both.OneAsync, Cancellation)
                );
                (both.A, both.B) = (apps[0], apps[1]);
            }
            else
            {
                both.A = await both.OneAsync();
                both.B = await both.OneAsync();
            }
            await both.UntilTheyHearEachOtherAsync();
            return both;
        }

        public async Task RestartBAsync()
        {
            await B.DisposeAsync();
            B = await OneAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await A.DisposeAsync();
            await B.DisposeAsync();
            await _redis.DisposeAsync();
        }

        private Task<InboxApp> OneAsync() =>
            InboxApp.StartAsync(adjust: _adjust, settings: _settings);

        private async Task UntilTheyHearEachOtherAsync()
        {
            foreach (var node in (InboxApp[])[A, B])
            {
                await Eventually.IsTrueAsync(
                    () => Task.FromResult(node.Get<NodeLink>() is { IsConnected: true, Others: 1 }),
                    "the nodes hear each other"
                );
            }
        }
    }
}
