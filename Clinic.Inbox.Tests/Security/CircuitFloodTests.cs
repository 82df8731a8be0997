using System.Net;
using System.Net.WebSockets;
using System.Text;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.People;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Live connections without end: one costs memory, waits minutes for its browser, and pushes out those of others that wait
/// for theirs. What counts windows, AccessTests has; here are circuits that never get as far as a window.
/// </summary>
public sealed class CircuitFloodTests
{
    private const int AtOnce = 50;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_opens_circuits_and_never_uses_them_is_stopped()
    {
        // A bare circuit gives no sign of life: however long it takes to open all, none is ended for that meanwhile.
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.Configure<HubOptions>(hubs =>
                hubs.ClientTimeoutInterval = TimeSpan.FromMinutes(10)
            )
        );
        using var attacker = await app.UserAsync();
        using var colleague = await app.UserAsync();
        var held = new List<BareCircuit>();
        try
        {
            HttpStatusCode? refused = null;
            while (refused is null && held.Count <= LiveAllowance.Pages.Open)
            {
                var (circuit, status) = await BareCircuit.TryOpenAsync(app, attacker);
                if (circuit is null)
                {
                    refused = status;
                    break;
                }
                Assert.NotNull(await circuit.StartAsync(app.Address));
                held.Add(circuit);
            }

            Assert.Equal(HttpStatusCode.TooManyRequests, refused);
            Assert.Equal(LiveAllowance.Pages.Open, held.Count);
            // Nobody else feels it.
            var (other, _) = await BareCircuit.TryOpenAsync(app, colleague);
            Assert.NotNull(other);
            Assert.NotNull(await other.StartAsync(app.Address));
            other.Dispose();
        }
        finally
        {
            held.ForEach(circuit => circuit.Dispose());
        }
        // Those that are gone count no longer.
        await Eventually.IsTrueAsync(
            async () =>
            {
                var (again, _) = await BareCircuit.TryOpenAsync(app, attacker);
                again?.Dispose();
                return again is not null;
            },
            "a window opens again"
        );
    }

    [Theory]
    [InlineData("_blazor/negotiate?negotiateVersion=1")]
    [InlineData("hubs/inbox/negotiate?negotiateVersion=1")]
    public async Task Who_asks_for_connections_and_drops_them_is_slowed_down(string address)
    {
        await using var app = await InboxApp.StartAsync();
        using var attacker = await app.UserAsync();
        using var colleague = await app.UserAsync();
        var allowance = address.StartsWith('_') ? LiveAllowance.Pages : LiveAllowance.Hub;
        HttpResponseMessage? refused = null;
        // Twice as many, and many at once: some come back while the test asks, and a busy machine asks slowly.
        for (var asked = 0; asked < 2 * allowance.Burst && refused is null; asked += AtOnce)
        {
            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, AtOnce)
                    .Select(_ => attacker.Http.PostAsync(address, content: null, Cancellation))
            );
            refused = Array.Find(answers, a => a.StatusCode != HttpStatusCode.OK);
        }

        Assert.NotNull(refused);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        using var others = await colleague.Http.PostAsync(address, content: null, Cancellation);
        Assert.Equal(HttpStatusCode.OK, others.StatusCode);
    }

    [Fact]
    public async Task A_stranger_opens_none()
    {
        // In Development the simulator's phones have circuits without a session.
        await using var app = await ProductionTests.StartAsync();

        var (circuit, status) = await BareCircuit.TryOpenAsync(app, user: null);

        Assert.Null(circuit);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Theory]
    [InlineData("_blazor", "blazorpack")]
    [InlineData("hubs/inbox", "json")]
    public async Task Frames_without_sense_end_their_own_connection_and_no_other(
        string hub,
        string protocol
    )
    {
        await using var app = await InboxApp.StartAsync();
        using var attacker = await app.UserAsync();
        using var colleague = await app.UserAsync();
        var (kept, _) = await BareCircuit.TryOpenAsync(app, colleague);
        Assert.NotNull(await kept!.StartAsync(app.Address));
        byte[][] frames =
        [
            [],
            [0],
            [0xff, 0xff, 0xff, 0xff, 0x7f],
            [0xff, 0xff, 0xff, 0xff, 0x0f],
            // Nested deeper than any reader should go.
            [.. BareCircuit.WithLength([.. Enumerable.Repeat((byte)0x91, 20_000)])],
            // An array of two thousand million.
            [.. BareCircuit.WithLength([0xdd, 0x7f, 0xff, 0xff, 0xff])],
            [
                .. BareCircuit.WithLength([
                    0x96,
                    0x01,
                    0x80,
                    0xa1,
                    (byte)'1',
                    0xa1,
                    (byte)'x',
                    0x90,
                    0x90,
                ]),
            ],
            Encoding.UTF8.GetBytes("{\"type\":1,\"target\":\"Join\",\"arguments\":[]}\u001e"),
            Encoding.UTF8.GetBytes(new string('[', 30_000) + "\u001e"),
            Encoding.UTF8.GetBytes("no json\u001e"),
            new byte[200_000],
        ];
        foreach (var frame in frames)
        {
            var (circuit, status) = await BareCircuit.TryOpenAsync(app, attacker, hub, protocol);
            Assert.True(circuit is not null, $"{status}");
            try
            {
                await circuit.SendAsync(frame);
            }
            catch (WebSocketException)
            {
                // Hung up on before it was through.
            }
            circuit.Dispose();
        }

        Assert.Equal(WebSocketState.Open, kept.State);
        var (after, _) = await BareCircuit.TryOpenAsync(app, attacker);
        Assert.NotNull(await after!.StartAsync(app.Address));
        after.Dispose();
        kept.Dispose();
    }
}
