using System.Globalization;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using NodaTime;

namespace Clinic.Inbox.Clients;

/// <summary>Asks what the client agreed to, how, when and in which words.</summary>
public sealed partial class RecordConsentDialog(
    ConsentBook book,
    ClientFacts facts,
    TimeProvider clock,
    ISnackbar snackbar,
    Announcements announcements,
    ILogger<RecordConsentDialog> log
) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly FormErrors _errors = new();
    private ClinicProfile _clinic = new();
    private ConsentSettings _settings = ConsentSettings.Default;
    private ConsentCategory _category;
    private ConsentMethod _method;
    private string _date = "";
    private string _today = "";
    private string _terms = "";
    private bool _saving;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Parameter, EditorRequired]
    public Id<Client> ClientId { get; set; }

    /// <summary>What is chosen at first.</summary>
    [Parameter]
    public ConsentCategory Category { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _category = Category;
        _clinic = await facts.ClinicAsync(_gone.Token);
        _settings = await facts.ConsentSettingsAsync(_gone.Token);
        _today = _clinic
            .DayOf(clock.GetUtcNow())
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        _date = _today;
        _terms = _settings.Terms(_category, _clinic.Name);
    }

    /// <summary>The proposed words follow the category; words that somebody changed stay.</summary>
    private void Choose(ConsentCategory category)
    {
        if (_terms == _settings.Terms(_category, _clinic.Name))
        {
            _terms = _settings.Terms(category, _clinic.Name);
        }
        _category = category;
    }

    private async Task SaveAsync()
    {
        if (_saving)
        {
            return;
        }
        _saving = true;
        _errors.Clear();
        try
        {
            if (GrantedAt() is not { } grantedAt)
            {
                _errors.Take([new FieldProblem("grantedAt", "Enter the day the client agreed.")]);
                return;
            }
            var actor = (await Authentication).User.Actor();
            Take(
                await book.RecordAsync(
                    ClientId,
                    _category,
                    _method,
                    _terms,
                    grantedAt,
                    actor,
                    _gone.Token
                )
            );
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _errors.Fail("This could not be saved. What you typed is still here; try again.");
        }
        finally
        {
            _saving = false;
            if (_errors.Any)
            {
                announcements.Say(_errors.Summary);
            }
        }
    }

    private void Take(ConsentResult result)
    {
        switch (result)
        {
            case ConsentResult.Recorded recorded:
                snackbar.Add(Told(recorded), Severity.Normal);
                Dialog.Close(DialogResult.Ok(true));
                break;
            case ConsentResult.Invalid invalid:
                _errors.Take(
                    [new FieldProblem(invalid.Field, invalid.Problem)],
                    "category",
                    "method"
                );
                break;
            default:
                _errors.Fail("This client is not there any more.");
                break;
        }
    }

    private string Told(ConsentResult.Recorded recorded)
    {
        if (!recorded.Holds)
        {
            return "Consent recorded. It was withdrawn after that day, so it does not hold.";
        }
        if (recorded.OptedOut is [var number, ..])
        {
            return $"Consent recorded. {number.Display(_clinic.Region)} opted out: nothing is sent to it until the client texts START.";
        }
        return "Consent recorded.";
    }

    /// <summary>Today: now. An earlier day: its noon at the clinic, since nobody knows the hour.</summary>
    private DateTimeOffset? GrantedAt()
    {
        if (_date == _today)
        {
            return clock.GetUtcNow();
        }
        return DateOnly.TryParseExact(
            _date,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        )
            ? LocalDate
                .FromDateOnly(day)
                .At(LocalTime.Noon)
                .InZoneLeniently(DateTimeZoneProviders.Tzdb[_clinic.TimeZone])
                .ToDateTimeOffset()
            : null;
    }

    private static string Covers(ConsentCategory category) =>
        category == ConsentCategory.Marketing
            ? "Offers and news. Never implied by the other."
            : "Appointments, forms and documents, statements, patient files, updates on a patient.";

    private static string Capitalised(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    [LoggerMessage(LogLevel.Error, "A consent could not be recorded")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
