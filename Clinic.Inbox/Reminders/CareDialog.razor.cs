using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Reminders;

/// <summary>Records that something was given to a patient, or makes a patient due for something.</summary>
public sealed partial class CareDialog(
    CareQueries care,
    InventoryBook inventory,
    MedicalReminderBook reminders,
    Announcements announcements,
    ILogger<CareDialog> log
) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly FormErrors _errors = new();
    private IReadOnlyList<InventoryRow>? _items;
    private string _patient = "";
    private string _item = "";
    private string _day = "";
    private bool _saving;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [Parameter, EditorRequired]
    public ClientCard Card { get; set; } = null!;

    /// <summary>Something is recorded as given; else a reminder is added.</summary>
    [Parameter]
    public bool Records { get; set; }

    /// <summary>What is chosen at first; null: the first patient and item.</summary>
    [Parameter]
    public DueCare? Due { get; set; }

    private string Title => Records ? "Record as given" : "Add reminder";

    private InventoryItem? Chosen =>
        _items?.Select(row => row.Item).FirstOrDefault(i => i.Id.ToString() == _item);

    /// <summary>What follows from it.</summary>
    private string? Follows =>
        Records && Chosen?.Action is { } action && Day() is { Year: < 2200 } day
            ? $"Due again on {ReminderWords.Day(day.AddDays(action.IntervalDays))}."
            : null;

    protected override async Task OnInitializedAsync()
    {
        _day = Records ? Card.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";
        try
        {
            var rows = await care.ItemsAsync(_gone.Token);
            _items = [.. rows.Where(row => row.Item.Active || row.Item.Id == Due?.Item?.Id)];
            var patient =
                Due?.Patient ?? Card.Client.Patients.OrderBy(p => p.Deceased).FirstOrDefault();
            _patient = patient?.Id.ToString() ?? "";
            _item =
                (Due?.Item ?? (_items is [var first, ..] ? first.Item : null))?.Id.ToString() ?? "";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _items = [];
        }
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
            if (Day() is not { } day)
            {
                _errors.Take([new FieldProblem(Records ? "givenOn" : "dueOn", "Choose a date.")]);
                return;
            }
            var patient = Id<Patient>.Parse(_patient);
            var item = Id<InventoryItem>.Parse(_item);
            var actor = (await SignedIn).User.Actor();
            var problem = Records
                ? ProblemOf(await inventory.GiveAsync(patient, item, day, actor, _gone.Token))
                : ProblemOf(
                    await reminders.AddAsync(
                        new MedicalReminderDraft(patient, Name: null, day, item),
                        actor,
                        _gone.Token
                    )
                );
            if (problem is null)
            {
                Dialog.Close(DialogResult.Ok(true));
                return;
            }
            _errors.Take([problem]);
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

    private static FieldProblem? ProblemOf(GivenResult result) =>
        result switch
        {
            GivenResult.Noted => null,
            GivenResult.Invalid invalid => invalid.Problem,
            _ => new FieldProblem("itemId", "This item is not there any more."),
        };

    private static FieldProblem? ProblemOf(MedicalReminderResult result) =>
        result switch
        {
            MedicalReminderResult.Saved => null,
            MedicalReminderResult.Invalid invalid => invalid.Problem,
            _ => new FieldProblem("itemId", "This reminder is not there any more."),
        };

    private RenderFragment Problem(string field) =>
        builder =>
        {
            if (_errors[field] is { } problem)
            {
                builder.OpenElement(0, "div");
                builder.AddAttribute(1, "class", "field-error");
                builder.AddContent(2, problem);
                builder.CloseElement();
            }
        };

    private DateOnly? Day() =>
        DateOnly.TryParseExact(
            _day,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        )
            ? day
            : null;

    [LoggerMessage(LogLevel.Error, "A patient's care could not be written")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
