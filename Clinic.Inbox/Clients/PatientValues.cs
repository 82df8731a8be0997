namespace Clinic.Inbox.Clients;

/// <summary>A patient's draft that was read and found good.</summary>
internal sealed class PatientValues
{
    private readonly TypedText _typed = new();
    private readonly PatientDraft _draft;
    private readonly string? _breed;
    private readonly string? _sex;
    private readonly string? _alerts;

    /// <param name="known">The patient that is changed; null for a new one.</param>
    /// <param name="today">The clinic's calendar day.</param>
    public PatientValues(PatientDraft draft, Patient? known, DateOnly today)
    {
        _draft = draft;
        Name = _typed.Line(draft.Name, "name", "A patient's name", 100) ?? known?.Name ?? "";
        if (Name.Length == 0)
        {
            _typed.Add("name", "Enter the patient's name.");
        }
        Species = _typed.Line(draft.Species, "species", "A species", 50) ?? known?.Species ?? "";
        _breed = _typed.Line(draft.Breed, "breed", "A breed", 100);
        _sex = _typed.Line(draft.Sex, "sex", "This field", 50);
        _alerts = _typed.Line(draft.Alerts, "alerts", "An alert", 500);
        if (draft.BornOn > today)
        {
            _typed.Add("bornOn", "A birthday is not in the future.");
        }
        else if (draft.BornOn < today.AddYears(-200))
        {
            _typed.Add("bornOn", "That is too long ago. Check the year.");
        }
    }

    public string Name { get; }
    public string Species { get; }
    public IReadOnlyList<FieldProblem> Problems => _typed.Problems;

    /// <summary>Writes what differs, and names it.</summary>
    public IReadOnlyList<string> ApplyTo(Patient patient)
    {
        var changed = new List<string>();
        if (Name != patient.Name || Species != patient.Species)
        {
            patient.Describe(Name, Species);
            changed.Add("name");
        }
        Set("breed", _breed ?? patient.Breed, patient.Breed, value => patient.Breed = value);
        Set("sex", _sex ?? patient.Sex, patient.Sex, value => patient.Sex = value);
        Set("alerts", _alerts ?? patient.Alerts, patient.Alerts, value => patient.Alerts = value);
        Set(
            "bornOn",
            _draft.BirthdayUnknown ? null : _draft.BornOn ?? patient.BornOn,
            patient.BornOn,
            value => patient.BornOn = value
        );
        Set(
            "deceased",
            _draft.Deceased ?? patient.Deceased,
            patient.Deceased,
            value => patient.Deceased = value
        );
        return changed;

        void Set<T>(string field, T value, T now, Action<T> write)
        {
            if (!EqualityComparer<T>.Default.Equals(value, now))
            {
                write(value);
                changed.Add(field);
            }
        }
    }
}
