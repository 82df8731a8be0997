using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.AddOns;

/// <summary>All that the usage page shows.</summary>
public sealed record UsageView(UsageReport Report, StatementRow[] Closed);

/// <summary>Settings → Usage &amp; statements: this month until now, and the closed ones.</summary>
public sealed partial class UsagePage(Statements statements, ILogger<UsagePage> log)
    : LoadedPage(log)
{
    [PersistentState]
    public UsageView? View { get; set; }

    protected override async Task LoadAsync() =>
        View ??= new UsageView(
            await statements.ReportAsync(month: null, Cancellation),
            [.. await statements.ListAsync(Cancellation)]
        );
}
