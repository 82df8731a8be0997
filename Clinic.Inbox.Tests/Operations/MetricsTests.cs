using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Operations;

/// <summary>Alone: whoever listens to a meter hears every app of the process, and other tests' apps count too.</summary>
[CollectionDefinition(nameof(MetricsTests), DisableParallelization = true)]
public sealed class MetricsAlone;

[Collection(nameof(MetricsTests))]
public sealed class MetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_metrics_tell_what_came_in_and_what_waits()
    {
        await using var app = await InboxApp.StartAsync();
        using var received = await app.ReceiveAsync("14155550134", "Is Bella ready?");
        using var read = await app.Http.GetAsync("health/live", Cancellation);

        var metrics = await app.Http.GetStringAsync("metrics", Cancellation);

        Assert.Contains("clinic_inbox_unread", metrics, StringComparison.Ordinal);
        Assert.Matches("clinic_inbox_unread(\\{[^}]*\\})? 1[ \n]", metrics);
        Assert.Matches(
            "clinic_carrier_webhooks_total\\{[^}]*outcome=\"stored\"[^}]*\\} 1[ \n]",
            metrics
        );
        foreach (
            var name in (string[])
                [
                    "clinic_outbox_depth",
                    "clinic_outbox_age_seconds",
                    "clinic_writer_batch",
                    "clinic_writer_commit_duration_seconds_bucket",
                    "clinic_hub_connections",
                    "http_server_request_duration_seconds",
                    "dotnet_process_memory_working_set_bytes",
                ]
        )
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("4155550134", metrics, StringComparison.Ordinal);
    }
}
