using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Schedule;

/// <summary>Books a visit, or moves and changes a known one. What speaks against it is said, and does not forbid it.</summary>
public sealed partial class AppointmentDialog(
    AppointmentBook book,
    ScheduleQueries schedule,
    BookingWarnings warnings,
    ReminderOutlook outlooks,
    ClientBook clients,
    IDialogService dialogs,
    Announcements announcements,
    ILogger<AppointmentDialog> log
) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly FormErrors _errors = new();
    private IReadOnlyList<AppointmentType>? _types;
    private IReadOnlyList<string> _staffKnown = [];
    private IReadOnlyList<string> _warnings = [];
    private Outlook? _outlook;
    private Client? _client;
    private BookingTime _when = null!;
    private ElementReference _first;
    private string _patient = "";
    private string _type = "";
    private string _staff = "";
    private bool _text = true;
    private bool _ownLength;
    private bool _focus;
    private bool _saving;
    private bool _failed;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <summary>What is to be changed; null: a new visit.</summary>
    [Parameter]
    public Visit? Known { get; set; }

    /// <summary>What the form proposes.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset StartsAt { get; set; }

    /// <summary>What the form proposes; empty: nobody.</summary>
    [Parameter]
    public string WithStaff { get; set; } = "";

    /// <summary>The living, and whom the visit is for.</summary>
    private IEnumerable<Patient> Patients =>
        _client!.Patients.Where(p => !p.Deceased || p.Id == Known?.Patient?.Id);

    private AppointmentType? Type => _types?.FirstOrDefault(t => t.Id.ToString() == _type);

    /// <summary>A new time is told; another patient or person is not.</summary>
    private bool AsksToText => Known is null || _when.Read()?.Start != Known.StartsAt;

    private bool CanText => _outlook?.Goes is true && Type is not { SendsConfirmation: false };

    private GateDecision? Gate => Type is { SendsConfirmation: false } ? null : _outlook?.Gate;

    private string TextNote =>
        Type is { SendsConfirmation: false } type
            ? $"Visits of the type {type.Name} get no confirmation."
            : _outlook?.Note ?? "";

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            await ReadAsync();
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotRead(failure);
            _failed = true;
        }
    }

    private async Task ReadAsync()
    {
        var zone = await schedule.ZoneAsync(_gone.Token);
        var day = ClinicDay.At(StartsAt, zone);
        _staffKnown = await schedule.StaffAsync(day, _gone.Token);
        _when = BookingTime.Of(
            zone,
            StartsAt,
            Known is null ? TimeSpan.FromMinutes(30) : Known.EndsAt - Known.StartsAt
        );
        _staff = WithStaff;
        if (Known is { } visit)
        {
            _ownLength = true;
            _type = visit.Type.Id.ToString();
            await TakeClientAsync(await clients.FindAsync(visit.Client.Id, _gone.Token));
            _patient = visit.Patient?.Id.ToString() ?? "";
        }
        var types = await schedule.TypesAsync(_gone.Token);
        await WarnAsync();
        _types = types;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focus && _types is not null)
        {
            _focus = false;
            await _first.TryFocusAsync();
        }
    }

    private Task PickAsync(Client? client) => TakeClientAsync(client);

    private async Task AddClientAsync()
    {
        if (await dialogs.AddClientAsync(number: null) is { } id)
        {
            await TakeClientAsync(await clients.FindAsync(id, _gone.Token));
        }
    }

    private async Task TakeClientAsync(Client? client)
    {
        if (client is not null)
        {
            // Before the form is drawn with it: nothing moves under the mouse afterwards.
            _outlook = await outlooks.OfAsync(client.Id, _gone.Token);
            _patient = client.Patients.FirstOrDefault(p => !p.Deceased)?.Id.ToString() ?? "";
            _focus = true;
        }
        _client = client;
    }

    private void ForgetClient() => _client = null;

    private Task SetTypeAsync(string type)
    {
        _type = type;
        if (!_ownLength && Type is { } chosen)
        {
            _when = _when.Lasting(chosen.Minutes);
        }
        return WarnAsync();
    }

    private Task SetDateAsync(string date) => SetAsync(_when with { Date = date });

    private Task SetTimeAsync(string time) => SetAsync(_when with { Time = time });

    private Task SetMinutesAsync(string minutes)
    {
        _ownLength = true;
        return SetAsync(_when with { Minutes = minutes });
    }

    private Task SetAsync(BookingTime when)
    {
        _when = when;
        return WarnAsync();
    }

    private Task SetStaffAsync(string staff)
    {
        _staff = staff;
        return WarnAsync();
    }

    private async Task WarnAsync()
    {
        _warnings = _when.Read() is var (start, end)
            ? await warnings.OfAsync(start, end, _staff, Known?.Id, _gone.Token)
            : [];
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
            if (Draft() is { } draft)
            {
                var actor = (await Authentication).User.Actor();
                Take(
                    Known is { } visit
                        ? await book.UpdateAsync(visit.Id, draft, actor, _gone.Token)
                        : await book.BookAsync(draft, actor, _gone.Token)
                );
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _errors.Fail("This could not be saved. What you chose is still here; try again.");
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

    /// <summary>What is to be written; null when something is missing, which then stands at its field.</summary>
    private AppointmentDraft? Draft()
    {
        var problems = _when.Problems().ToList();
        if (_client is null)
        {
            problems.Add(new("client", "Pick a client from the list first."));
        }
        else if (Type is null)
        {
            problems.Add(new("type", "Choose what the visit is for."));
        }
        _errors.Take(problems);
        if (problems.Count > 0 || _when.Read() is not var (start, end))
        {
            return null;
        }
        return new AppointmentDraft(
            Type!.Id,
            _client!.Id,
            Patients.FirstOrDefault(p => p.Id.ToString() == _patient)?.Id,
            start,
            end,
            _staff,
            _text && CanText
        );
    }

    private void Take(BookResult result)
    {
        if (result is BookResult.Done done)
        {
            Dialog.Close(DialogResult.Ok(done.Appointment));
        }
        else if (result is BookResult.Refused refused)
        {
            _errors.Fail(refused.Reason);
        }
    }

    private string? Invalid(string field) => _errors[field] is null ? null : "true";

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "The form of a visit could not be loaded")]
    private partial void LogNotRead(Exception failure);

    [LoggerMessage(LogLevel.Error, "A visit could not be saved")]
    private partial void LogFailed(Exception failure);
}
