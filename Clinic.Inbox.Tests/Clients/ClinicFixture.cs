using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Clients;

/// <summary>One app for the tests of a class: each makes its own people with numbers of their own.</summary>
public sealed class ClinicFixture : IAsyncLifetime
{
    private static int _last = 100;

    internal InboxApp App { get; private set; } = null!;

    internal ClientBook Clients => App.Get<ClientBook>();

    internal static Actor Maya { get; } = new("u1", "Maya Chen");

    public async ValueTask InitializeAsync() => App = await InboxApp.StartAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();

    /// <summary>A mobile that nobody else has, as the carrier writes it.</summary>
    internal static string NewNumber() => $"1415555{Interlocked.Increment(ref _last):0000}";

    internal async Task<Client> AddAsync(
        string firstName,
        string lastName,
        params string[] numbers
    ) =>
        Assert
            .IsType<ClientResult.Saved>(
                await Clients.CreateAsync(
                    new ClientDraft
                    {
                        FirstName = firstName,
                        LastName = lastName,
                        Phones = [.. numbers.Select(n => new PhoneDraft(n, PhoneType.Mobile))],
                    },
                    Maya,
                    TestContext.Current.CancellationToken
                )
            )
            .Client;

    internal async Task<Patient> AddPatientAsync(
        Client client,
        string name,
        string species = "Dog",
        string alerts = ""
    ) =>
        Assert
            .IsType<PatientResult.Saved>(
                await App.Get<PatientBook>()
                    .AddAsync(
                        client.Id,
                        new PatientDraft
                        {
                            Name = name,
                            Species = species,
                            Alerts = alerts,
                        },
                        Maya,
                        TestContext.Current.CancellationToken
                    )
            )
            .Patient;

    internal static PhoneNumber Number(string digits)
    {
        Assert.True(PhoneNumber.TryFromCarrier(digits, out var number));
        return number;
    }
}
