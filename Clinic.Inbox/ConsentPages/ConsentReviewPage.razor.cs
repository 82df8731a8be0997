using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.ConsentPages;

/// <summary>Old consents, to ask about one after the other.</summary>
public sealed partial class ConsentReviewPage(
    ConsentReview review,
    ConsentSettingsBook settings,
    ClinicNumbers numbers,
    ISnackbar snackbar,
    AuthenticationStateProvider session,
    ILogger<ConsentReviewPage> log
) : LoadedPage(log)
{
    private const int Most = 100;

    private ConsentMethod _method = ConsentMethod.Phone;
    private string? _problem;
    private bool _busy;

    /// <summary>Kept from the prerendered page, so that nothing flickers when the circuit takes over.</summary>
    [PersistentState]
    public ReviewRow[]? Rows { get; set; }

    [PersistentState]
    public int Count { get; set; }

    [PersistentState]
    public int Months { get; set; }

    private string Intro =>
        Rows is null
            ? "Consents that are old enough to be asked about."
            : $"Consents older than {Months} months. Ask each client; every answer is an entry of its own in the history.";

    protected override async Task LoadAsync()
    {
        if (Rows is null)
        {
            await ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        Months = (await settings.ReadAsync(Cancellation)).ReviewMonths;
        var (due, count) = await review.DueAsync(Most, Cancellation);
        Count = count;
        Rows =
        [
            .. due.Select(c => new ReviewRow(
                c.Id.ToString(),
                c.ClientId.ToString(),
                c.Client,
                c.Number is { } number ? numbers.Write(number) : null,
                c.Category,
                c.Method,
                c.At,
                c.By,
                c.Delays
            )),
        ];
    }

    private Task StillAsync(ReviewRow row) =>
        DoAsync(async by =>
            await review.StillAsync(Client(row), row.Category, _method, by, Cancellation)
            is ConsentResult.Recorded
                ? $"{row.Client} still consents: recorded."
                : null
        );

    private Task WithdrawnAsync(ReviewRow row) =>
        DoAsync(async by =>
            await review.WithdrawnAsync(Client(row), row.Category, by, Cancellation)
            is ConsentResult.Recorded
                ? $"{row.Client} does not consent any more: texts of this kind stop."
                : null
        );

    private Task LaterAsync(ReviewRow row) =>
        DoAsync(async by =>
        {
            await review.LaterAsync(Id<ConsentRecord>.Parse(row.Id), by, Cancellation);
            return $"{row.Client} comes up again in {ConsentReview.MonthsLater} months.";
        });

    private async Task DoAsync(Func<Actor, Task<string?>> outcome)
    {
        _busy = true;
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            var done = await outcome(by);
            _problem = done is null
                ? "Somebody else was quicker: this consent does not stand as it did."
                : null;
            if (done is not null)
            {
                snackbar.Add(done, Severity.Normal);
            }
            await ReadAsync();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _problem = "That could not be written down. Try again.";
        }
        finally
        {
            _busy = false;
        }
    }

    private static Id<Client> Client(ReviewRow row) => Id<Client>.Parse(row.ClientId);

    private static string Capitalised(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    [LoggerMessage(LogLevel.Error, "The outcome of a consent's review could not be written")]
    private partial void LogFailed(Exception failure);
}

/// <summary>A consent as the list shows it; see <see cref="DueConsent"/>.</summary>
public sealed record ReviewRow(
    string Id,
    string ClientId,
    string Client,
    string? Number,
    ConsentCategory Category,
    ConsentMethod Method,
    DateTimeOffset At,
    string By,
    int Delays
);
