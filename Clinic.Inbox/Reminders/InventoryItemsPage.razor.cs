using Clinic.Inbox.Layout;

namespace Clinic.Inbox.Reminders;

/// <summary>What the clinic gives, each with its reminder action in words.</summary>
public sealed partial class InventoryItemsPage(CareQueries care, ILogger<InventoryItemsPage> log)
    : LoadedPage(log)
{
    private IReadOnlyList<InventoryRow>? _rows;

    protected override async Task LoadAsync() => _rows = await care.ItemsAsync(Cancellation);
}
