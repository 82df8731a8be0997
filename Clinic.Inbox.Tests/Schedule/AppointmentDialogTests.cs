using Bunit;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Clients;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Visit = Clinic.Inbox.Schedule.Visit;

namespace Clinic.Inbox.Tests.Schedule;

public sealed class AppointmentDialogTests(ClinicFixture clinic)
    : IClassFixture<ClinicFixture>,
        IAsyncLifetime
{
    private static int _last;

    // A Tuesday in New York, nine in the morning, of a year to come.
    private static readonly DateTimeOffset Nine = new(2040, 11, 13, 14, 0, 0, TimeSpan.Zero);

    private readonly string _staff = $"Dr. {Interlocked.Increment(ref _last)}";
    private BunitContext _screen = null!;
    private AppointmentType _type = null!;
    private Client _client = null!;
    private IRenderedComponent<MudDialogProvider> _shown = null!;

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var app = clinic.App;
        _screen = Screen.Open(clinic);
        _screen.Services.AddSingleton(app.Get<AppointmentBook>());
        _screen.Services.AddSingleton(app.Get<ScheduleQueries>());
        _screen.Services.AddSingleton(app.Get<BookingWarnings>());
        _screen.Services.AddSingleton(app.Get<ReminderOutlook>());
        _client = await clinic.AddAsync("Ana", $"Booker{_last}", ClinicFixture.NewNumber());
        await clinic.AddPatientAsync(_client, "Biscuit");
        await clinic.AddPatientAsync(_client, "Pepper");
        var saved = await app.Get<AppointmentTypeBook>()
            .AddAsync(new AppointmentTypeDraft($"Dental {_last}", 90, "amber"), Arranged.Maya, Ct);
        _type = Assert.IsType<AppointmentTypeResult.Saved>(saved).Type;
    }

    public ValueTask DisposeAsync() => _screen.DisposeAsync();

    [Fact]
    public async Task A_visit_is_booked_as_long_as_its_type()
    {
        var asked = await BookAsync();
        await PickAsync();
        await _shown.Find("#booking-patient").ChangeAsync(PatientNamed("Pepper"));
        await _shown.Find("#booking-type").ChangeAsync(_type.Id.ToString());
        Assert.Equal("90", _shown.Field("Minutes").GetAttribute("value"));

        await _shown.Find("form").SubmitAsync();

        var written = await asked.Value;
        Assert.NotNull(written);
        await using var db = clinic.App.Db();
        var stored = await db.Appointments.SingleAsync(a => a.Id == written.Id, Ct);
        Assert.Equal(
            (Nine, Nine.AddMinutes(90), _staff),
            (stored.StartsAt, stored.EndsAt, stored.Staff)
        );
        Assert.Equal(
            "Pepper",
            (await db.Patients.SingleAsync(p => p.Id == stored.PatientId, Ct)).Name
        );
    }

    [Fact]
    public async Task What_is_missing_stands_at_its_field()
    {
        await BookAsync();
        await _shown.Find("form").SubmitAsync();
        Assert.Contains("Pick a client", _shown.Markup, StringComparison.Ordinal);

        await PickAsync();
        await _shown.Field("Time").ChangeAsync("");
        await _shown.Find("form").SubmitAsync();

        Assert.Equal("true", _shown.Find("#booking-type").GetAttribute("aria-invalid"));
        Assert.Equal("true", _shown.Field("Time").GetAttribute("aria-invalid"));
        await using var db = clinic.App.Db();
        Assert.False(await db.Appointments.AnyAsync(a => a.ClientId == _client.Id, Ct));
    }

    [Fact]
    public async Task Without_consent_the_confirmation_can_not_be_chosen_and_says_why()
    {
        await BookAsync();
        await PickAsync();

        Assert.True(_shown.Find("#booking-text").HasAttribute("disabled"));
        Assert.Contains(
            "no consent on record",
            _shown.Find("#booking-text-hint").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_clash_is_warned_of_and_booked_all_the_same()
    {
        await clinic
            .App.Get<AppointmentBook>()
            .BookAsync(
                new AppointmentDraft(_type.Id, _client.Id, PatientId: null, Nine, Staff: _staff),
                Arranged.Maya,
                Ct
            );
        var asked = await BookAsync();
        await PickAsync();
        Assert.Contains(
            $"{_staff} sees {_client.FullName} from 9:00 AM to 10:30 AM.",
            _shown.Find("[role=status] .notice-warn").TextContent,
            StringComparison.Ordinal
        );

        await _shown.Find("#booking-type").ChangeAsync(_type.Id.ToString());
        await _shown.Find("form").SubmitAsync();

        Assert.NotNull(await asked.Value);
    }

    [Fact]
    public async Task A_known_visit_is_moved_and_keeps_what_was_not_touched()
    {
        var booked = await clinic
            .App.Get<AppointmentBook>()
            .BookAsync(
                new AppointmentDraft(
                    _type.Id,
                    _client.Id,
                    PatientId: null,
                    Nine,
                    Nine.AddMinutes(20),
                    _staff
                ),
                Arranged.Maya,
                Ct
            );
        var appointment = Assert.IsType<BookResult.Done>(booked).Appointment;
        var visit = new Visit(appointment, _type, _client, Patient: null);
        var (shown, dialogs) = _screen.Dialogs();
        _shown = shown;
        var asked = await shown.InvokeAsync(() =>
            new Question(dialogs.ChangeVisitAsync(visit, Nine, _staff))
        );
        shown.WaitForElement("#booking-type");
        // Nothing to tell before the time is another one.
        Assert.Empty(shown.FindAll("#booking-text"));

        await shown.Field("Time").ChangeAsync("13:15");
        Assert.Single(shown.FindAll("#booking-text"));
        await shown.Find("form").SubmitAsync();

        var written = await asked.Value;
        Assert.NotNull(written);
        Assert.Equal(
            (Nine.AddHours(4.25), Nine.AddHours(4.25).AddMinutes(20), _staff),
            (written.StartsAt, written.EndsAt, written.Staff)
        );
    }

    private async Task<Question> BookAsync()
    {
        var (shown, dialogs) = _screen.Dialogs();
        _shown = shown;
        var asked = await shown.InvokeAsync(() => new Question(dialogs.BookAsync(Nine, _staff)));
        shown.WaitForElement("[role=combobox]");
        return asked;
    }

    private async Task PickAsync()
    {
        await _shown.Find("[role=combobox]").InputAsync(_client.LastName);
        _shown.WaitForAssertion(() => Assert.Single(_shown.FindAll("[role=option]")));
        await _shown.Find("[role=option]").ClickAsync();
        _shown.WaitForElement("#booking-type");
    }

    private string PatientNamed(string name) =>
        _shown
            .FindAll("#booking-patient option")
            .Single(o => o.TextContent == name)
            .GetAttribute("value")!;

    /// <summary>Keeps a question open: awaiting it here would wait for its answer.</summary>
    private sealed record Question(Task<Appointment?> Value);
}
