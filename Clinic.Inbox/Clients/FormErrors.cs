namespace Clinic.Inbox.Clients;

/// <summary>What a form shows as wrong after somebody tried to save it.</summary>
internal sealed class FormErrors
{
    private IReadOnlyList<FieldProblem> _problems = [];

    /// <summary>What is wrong with the form as a whole; null: nothing.</summary>
    public string? General { get; private set; }

    public bool Any => General is not null || _problems.Count > 0;

    /// <summary>What is wrong with one field; null: nothing.</summary>
    public string? this[string field] => _problems.FirstOrDefault(p => p.Field == field)?.Problem;

    public void Clear()
    {
        _problems = [];
        General = null;
    }

    /// <summary>Takes what the book found; a problem whose field the form does not show is shown above it.</summary>
    public void Take(IReadOnlyList<FieldProblem> problems, params ReadOnlySpan<string> hidden)
    {
        _problems = problems;
        foreach (var problem in problems)
        {
            if (hidden.Contains(problem.Field))
            {
                General = problem.Problem;
            }
        }
    }

    public void Fail(string general) => General = general;

    /// <summary>For screen readers: how much is wrong.</summary>
    public string Summary =>
        General
        ?? (
            _problems.Count == 1
                ? "One field needs your attention: " + _problems[0].Problem
                : $"{_problems.Count} fields need your attention."
        );
}
