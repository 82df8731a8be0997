using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using StackExchange.Redis;

namespace Clinic.Inbox.Live;

/// <summary>
/// The feed between nodes, over Redis. What this node commits is told to the others by its ids, in order; what they commit
/// is read and told to our screens. Redis keeps nothing and may lose what it likes: the database is the truth, and a
/// node that missed something has its screens load anew. The writer never waits for any of it.
/// </summary>
internal sealed partial class NodeLink : BackgroundService
{
    /// <summary>How often a node says that it is there, and so how late a loss is seen at most.</summary>
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>Most commits in one message.</summary>
    private const int LargestMessage = 200;

    private readonly Channel<Outgoing> _outgoing = Channel.CreateBounded<Outgoing>(
        new BoundedChannelOptions(20_000) { SingleReader = true }
    );
    private readonly RedisChannel _channel = RedisChannel.Literal("clinic-inbox");
    private readonly RedisSettings _settings;
    private readonly Node _node;
    private readonly Feed _feed;
    private readonly OutboxSignal _outbox;
    private readonly InboxWriter _writer;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private readonly HeardNodes _heard;
    private readonly Counter<long> _told;
    private readonly Counter<long> _caughtUp;
    private IDisposable? _subscription;
    private long _sequence;
    private int _overflown;
    private long _heardSelfAt;
    private bool _away;

    public NodeLink(
        RedisSettings settings,
        Node node,
        Feed feed,
        OutboxSignal outbox,
        InboxWriter writer,
        IMeterFactory meters,
        ILoggerFactory logs
    )
    {
        (_settings, _node, _feed, _outbox, _writer) = (settings, node, feed, outbox, writer);
        (_logs, _log) = (logs, logs.CreateLogger<NodeLink>());
        _heard = new HeardNodes(node.Id);
        var meter = meters.Create(CarrierMetrics.MeterName);
        _told = meter.CreateCounter<long>(
            "clinic.nodes.messages",
            description: "Messages between nodes by way: out, in, lost."
        );
        _caughtUp = meter.CreateCounter<long>(
            "clinic.nodes.catch_ups",
            description: "How often the screens of this node loaded anew because something may have been missed."
        );
        meter.CreateObservableGauge(
            "clinic.nodes.connected",
            () => IsConnected ? 1 : 0,
            description: "1 while this node hears the others by Redis."
        );
        meter.CreateObservableGauge(
            "clinic.nodes.others",
            () => Others,
            description: "Other nodes that this one hears."
        );
    }

    /// <summary>Whether what it tells comes back to it: then the others are heard too.</summary>
    public bool IsConnected =>
        Volatile.Read(ref _heardSelfAt) is > 0 and var at
        && Environment.TickCount64 - at < HeardNodes.Patience.TotalMilliseconds;

    /// <summary>Other nodes that are there.</summary>
    public int Others { get; private set; }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = _feed.SubscribeToOwn(changes =>
            Note(new Outgoing([.. changes.Select(FeedMark.Of)], Wake: false))
        );
        _outbox.WokenHere += OnWokenHere;
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _outbox.WokenHere -= OnWokenHere;
        _subscription?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var redis = await ConnectAsync(stoppingToken);
            await Task.WhenAll(
                TellAsync(redis.GetSubscriber(), stoppingToken),
                HearAsync(redis.GetSubscriber(), stoppingToken)
            );
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app stops.
        }
    }

    private void OnWokenHere(object? sender, EventArgs e) => Note(new Outgoing([], Wake: true));

    /// <summary>On the writer's thread: never waits.</summary>
    private void Note(Outgoing outgoing)
    {
        if (!_outgoing.Writer.TryWrite(outgoing))
        {
            Volatile.Write(ref _overflown, 1);
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken stopping)
    {
        var options = ConfigurationOptions.Parse(_settings.ConnectionString);
        // An app starts without Redis, and finds it when it is there.
        options.AbortOnConnectFail = false;
        // What can't be told now is not told later: by then everybody loads anew.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new ExponentialRetry(500, 5_000);
        options.ClientName = "clinic-inbox";
        options.LoggerFactory = _logs;
        return await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(stopping);
    }

    private async Task TellAsync(ISubscriber redis, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await SendAsync(redis, await NextAsync(stopping));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await SendAsync(redis, new NodeMessage(_node.Id, _sequence, Bye: true));
        }
    }

    /// <summary>What waits, in one message, without what it says twice; a sign of life when nothing does.</summary>
    private async Task<NodeMessage> NextAsync(CancellationToken stopping)
    {
        var marks = new List<FeedMark>();
        var seen = new HashSet<FeedMark>();
        var wake = false;
        using (var pause = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            pause.CancelAfter(SignOfLife);
            try
            {
                await _outgoing.Reader.WaitToReadAsync(pause.Token);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                // Nothing happened.
            }
        }
        for (
            var commits = 0;
            commits < LargestMessage && _outgoing.Reader.TryRead(out var one);
            commits++
        )
        {
            marks.AddRange(one.Marks.Where(seen.Add));
            wake |= one.Wake;
        }
        if (Interlocked.Exchange(ref _overflown, 0) == 1)
        {
            // A number that nobody hears: they will know that something is missing.
            _sequence++;
        }
        return marks.Count > 0 || wake
            ? new NodeMessage(_node.Id, ++_sequence, marks, wake)
            : new NodeMessage(_node.Id, _sequence);
    }

    private async Task SendAsync(ISubscriber redis, NodeMessage message)
    {
        try
        {
            await redis.PublishAsync(_channel, message.Write());
            _told.Add(1, new KeyValuePair<string, object?>("way", "out"));
            if (_away)
            {
                _away = false;
                LogBack();
            }
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            _told.Add(1, new KeyValuePair<string, object?>("way", "lost"));
            if (!_away)
            {
                _away = true;
                LogAway(failure.GetType().Name);
            }
        }
    }

    private async Task HearAsync(ISubscriber redis, CancellationToken stopping)
    {
        var queue = await SubscribeAsync(redis, stopping);
        var behind = false;
        while (true)
        {
            var heard = new Heard();
            Take((await queue.ReadAsync(stopping)).Message, heard);
            for (var more = 0; more < LargestMessage && queue.TryRead(out var next); more++)
            {
                Take(next.Message, heard);
            }
            behind = await PassOnAsync(heard, behind || heard.Missed, stopping);
        }
    }

    private async Task<ChannelMessageQueue> SubscribeAsync(
        ISubscriber redis,
        CancellationToken stopping
    )
    {
        while (true)
        {
            try
            {
                return await redis.SubscribeAsync(_channel).WaitAsync(stopping);
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException)
            {
                await Task.Delay(Again, stopping);
            }
        }
    }

    private void Take(RedisValue bytes, Heard heard)
    {
        try
        {
            var message = NodeMessage.Read(((ReadOnlyMemory<byte>)bytes).Span);
            heard.Missed |= _heard.Missed(message, Environment.TickCount64);
            Others = _heard.Others;
            if (message.Node == _node.Id)
            {
                Volatile.Write(ref _heardSelfAt, Environment.TickCount64);
                return;
            }
            _told.Add(1, new KeyValuePair<string, object?>("way", "in"));
            heard.Wake |= message.Wake;
            heard.Marks.AddRange((message.Marks ?? []).Where(heard.Seen.Add));
        }
        catch (Exception failure)
            when (failure
                    is System.Text.Json.JsonException
                        or NotSupportedException
                        or FormatException
            )
        {
            // A newer version says what we do not know: look at everything.
            heard.Missed = true;
            LogUnreadable(failure.GetType().Name);
        }
    }

    /// <summary>Returns whether the screens are still behind.</summary>
    private async Task<bool> PassOnAsync(Heard heard, bool behind, CancellationToken stopping)
    {
        if (heard.Wake)
        {
            _outbox.Ring();
        }
        try
        {
            // With nothing to tell it still asks the database: screens that can't load anew would stay behind.
            if (heard.Marks.Count > 0 || behind)
            {
                await _writer.TellOfOthersAsync(heard.Marks, stopping);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The database can't be read: once more with the next sign of life, which nobody needs to send for us.
            LogNotRead(failure);
            return true;
        }
        if (behind)
        {
            _caughtUp.Add(1);
            LogCatchUp();
            _feed.PublishOfOthers([new InboxEvent.CatchUp()]);
        }
        return false;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Redis can't be reached ({Reason}): screens on other nodes see changes only when it is back"
    )]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "Redis is there again")]
    private partial void LogBack();

    [LoggerMessage(
        LogLevel.Information,
        "Something of another node may have been missed: screens load anew"
    )]
    private partial void LogCatchUp();

    [LoggerMessage(LogLevel.Warning, "A message of another node could not be read: {Reason}")]
    private partial void LogUnreadable(string reason);

    [LoggerMessage(LogLevel.Error, "What another node changed could not be read; trying again")]
    private partial void LogNotRead(Exception failure);

    private sealed record Outgoing(IReadOnlyList<FeedMark> Marks, bool Wake);

    private sealed class Heard
    {
        public List<FeedMark> Marks { get; } = [];
        public HashSet<FeedMark> Seen { get; } = [];
        public bool Wake { get; set; }
        public bool Missed { get; set; }
    }
}

/// <summary>How Redis is reached.</summary>
/// <param name="ConnectionString">As StackExchange.Redis reads it: <c>redis:6379,password=…</c>.</param>
internal sealed record RedisSettings(string ConnectionString)
{
    public const string Setting = "Redis";

    /// <summary>Null: there is one node.</summary>
    /// <exception cref="InvalidOperationException">Several nodes can't share a SQLite file.</exception>
    public static RedisSettings? Read(IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } redis)
        {
            return null;
        }
        return DatabaseSettings.Read(configuration).IsSqlite
            ? throw new InvalidOperationException(
                $"{Setting} is set, so there are several nodes: Database:Provider must be Postgres."
            )
            : new RedisSettings(redis);
    }
}
