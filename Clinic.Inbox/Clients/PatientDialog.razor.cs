using System.Globalization;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Clients;

/// <summary>A new patient of a client, or a known one.</summary>
public sealed partial class PatientDialog(
    PatientBook book,
    IDialogService dialogs,
    Announcements announcements,
    ILogger<PatientDialog> log
) : IDisposable
{
    private static readonly string[] CommonSpecies =
    [
        "Dog",
        "Cat",
        "Rabbit",
        "Bird",
        "Guinea pig",
        "Hamster",
        "Ferret",
        "Reptile",
        "Horse",
    ];

    private readonly CancellationTokenSource _gone = new();
    private readonly FormErrors _errors = new();
    private string _name = "";
    private string _species = "";
    private string _breed = "";
    private string _sex = "";
    private string _born = "";
    private string _alerts = "";
    private bool _deceased;
    private bool _saving;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Parameter, EditorRequired]
    public Id<Client> ClientId { get; set; }

    /// <summary>Whom to change; null for a new patient.</summary>
    [Parameter]
    public Patient? Known { get; set; }

    protected override void OnInitialized()
    {
        if (Known is { } patient)
        {
            _name = patient.Name;
            _species = patient.Species;
            _breed = patient.Breed;
            _sex = patient.Sex;
            _born = patient.BornOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
            _alerts = patient.Alerts;
            _deceased = patient.Deceased;
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
            if (Draft() is not { } draft)
            {
                _errors.Take([new FieldProblem("bornOn", "That is not a date.")]);
                return;
            }
            var actor = (await Authentication).User.Actor();
            Take(
                Known is { } patient
                    ? await book.UpdateAsync(patient.Id, draft, actor, _gone.Token)
                    : await book.AddAsync(ClientId, draft, actor, _gone.Token)
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

    private void Take(PatientResult result)
    {
        switch (result)
        {
            case PatientResult.Saved:
                Dialog.Close(DialogResult.Ok(true));
                break;
            case PatientResult.Invalid invalid:
                _errors.Take(invalid.Problems);
                break;
            default:
                _errors.Fail("This patient or its client is not there any more.");
                break;
        }
    }

    private async Task RemoveAsync()
    {
        var sure = await dialogs.ConfirmAsync(
            $"Remove {Known!.Name}?",
            "Only for a patient that was entered by mistake: what it is due for goes with it. One that died is marked as deceased instead.",
            "Remove patient",
            destructive: true
        );
        if (sure)
        {
            await book.RemoveAsync(Known.Id, (await Authentication).User.Actor(), _gone.Token);
            Dialog.Close(DialogResult.Ok(true));
        }
    }

    /// <summary>Null: the birthday can't be read.</summary>
    private PatientDraft? Draft()
    {
        DateOnly born = default;
        var known = !string.IsNullOrWhiteSpace(_born);
        if (
            known
            && !DateOnly.TryParseExact(
                _born,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out born
            )
        )
        {
            return null;
        }
        return new PatientDraft
        {
            Name = _name,
            Species = _species,
            Breed = _breed,
            Sex = _sex,
            BornOn = known ? born : null,
            BirthdayUnknown = !known,
            Alerts = _alerts,
            Deceased = _deceased,
        };
    }

    [LoggerMessage(LogLevel.Error, "A patient could not be saved")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
