using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.AddOns;

/// <summary>The statement of a closed month.</summary>
public sealed partial class StatementPage(
    Statements statements,
    ClinicClock clock,
    ILogger<StatementPage> log
) : LoadedPage(log)
{
    private bool _missing;

    /// <summary><c>2026-11</c>.</summary>
    [Parameter]
    public string Month { get; set; } = "";

    [PersistentState]
    public UsageReport? Report { get; set; }

    private string Subtitle => $"{Report!.Clinic}. Closed {clock.Full(Report.ClosedAt!.Value)}.";

    protected override async Task LoadAsync()
    {
        if (Report is null && UsageMonth.TryParse(Month, out var month))
        {
            Report = await statements.FindAsync(month, Cancellation);
        }
        _missing = Report is null;
    }
}
