using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Scale;

/// <summary>
/// Two nodes on one PostgreSQL and one Redis: the app of this process, and one in a process of its own that can be killed.
/// </summary>
public sealed class TwoNodes() : Walk(DatabaseKind.Postgres)
{
    private readonly SemaphoreSlim _starting = new(1, 1);

    internal RedisServer Redis { get; private set; } = null!;

    /// <summary>The node that is not <see cref="Walk.App"/>.</summary>
    internal AppProcess Other { get; private set; } = null!;

    /// <summary>Both are there and hear each other; a line and a phone that nobody else has.</summary>
    internal async Task<Scene> BothAsync()
    {
        var phone = await SceneAsync();
        await _starting.WaitAsync();
        try
        {
            if (Other is null)
            {
                Other = await AppProcess.StartReadyAsync(this);
                await UntilTheyHearEachOtherAsync();
            }
        }
        finally
        {
            _starting.Release();
        }
        return phone;
    }

    internal async Task UntilTheyHearEachOtherAsync()
    {
        foreach (var node in (HttpClient[])[App.Http, Other.Http])
        {
            await Eventually.IsTrueAsync(
                async () =>
                    (await node.GetStringAsync("health/ready")).Contains(
                        "1 other nodes",
                        StringComparison.Ordinal
                    ),
                "the nodes hear each other"
            );
        }
    }

    public override async ValueTask DisposeAsync()
    {
        Other?.Dispose();
        await base.DisposeAsync();
        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }
        _starting.Dispose();
    }

    protected override async Task<(string Key, string Value)[]> MoreSettingsAsync()
    {
        Redis = await RedisServer.StartAsync();
        return [("Redis", Redis.ConnectionString)];
    }
}
