using Clinic.Inbox.Layout;

namespace Clinic.Inbox.Documents;

/// <summary>The clinic's forms.</summary>
public sealed partial class FormsPage(FormBook book, ILogger<FormsPage> log) : LoadedPage(log)
{
    private IReadOnlyList<(FormTemplate Form, int Questions)>? _forms;

    protected override async Task LoadAsync() => _forms = await book.ListAsync(Cancellation);
}
