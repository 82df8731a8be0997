using Clinic.Inbox.Carrier;
using Clinic.Inbox.Carrier.Simulator;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Simulator;

namespace Clinic.Inbox.Tests.AddOns;

/// <summary>A carrier that outlives the clinic's app: the simulator of another app, reached over HTTP.</summary>
internal sealed class NumbersCarrier(InboxApp app) : IAsyncDisposable
{
    private const string Key = "51mu1a7e";
    private const string Secret = "s3cret-of-the-tests";

    public int Purchases => app.Get<NumberPool>().Purchases;

    /// <summary>What an app needs to rent its numbers here.</summary>
    public (string, string)[] Settings =>
        [
            ("Vonage:NumbersUrl", new Uri(app.Address, "simulator").ToString()),
            ("Vonage:ApiKey", Key),
            ("Vonage:ApiSecret", Secret),
        ];

    public static async Task<NumbersCarrier> StartAsync() =>
        new(
            await InboxApp.StartAsync(
                settings: [("Vonage:ApiKey", Key), ("Vonage:ApiSecret", Secret)]
            )
        );

    /// <summary>The next changes go wrong so.</summary>
    public async Task FailAsync(object fault)
    {
        using var answer = await app.PostAsync("faults", fault);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Which application the number is linked to; null: none, or it is not rented.</summary>
    public async Task<string?> LinkOfAsync(string number) =>
        (await app.Get<NumberPool>().OwnedAsync(TestContext.Current.CancellationToken))
            .FirstOrDefault(n => n.Msisdn == number)
            ?.ApplicationId;

    public async Task<bool> IsRentedAsync(string number) =>
        (await app.Get<NumberPool>().OwnedAsync(TestContext.Current.CancellationToken)).Any(n =>
            n.Msisdn == number
        );

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
