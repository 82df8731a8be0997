using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Clinic.Inbox.Documents;

/// <summary>One document of a client: how it stands, and what was answered. Live.</summary>
public sealed partial class DocumentDetailsPage(
    DocumentQueries documents,
    Feed feed,
    ReadLog reads,
    AuthenticationStateProvider session,
    ILogger<DocumentDetailsPage> log
) : LoadedPage(log)
{
    private FoldedFeed? _changes;
    private DocumentDetails? _details;
    private bool _loaded;

    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [Parameter, EditorRequired]
    public string DocumentId { get; set; } = "";

    private string Back =>
        Id<Client>.TryParse(Id, provider: null, out var client)
            ? ClientPaths.Profile(client, "documents")
            : Paths.Clients;

    protected override async Task LoadAsync()
    {
        _details =
            Id<Client>.TryParse(Id, provider: null, out var client)
            && Id<SharedDocument>.TryParse(DocumentId, provider: null, out var document)
                ? await documents.FindAsync(client, document, Cancellation)
                : null;
        if (_details is not null)
        {
            var reader = (await session.GetAuthenticationStateAsync()).User.Actor();
            await reads.NoteAsync(reader, "document.read", DocumentId, Cancellation);
        }
        _loaded = true;
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _changes = new FoldedFeed(feed, TakeAsync);
        }
    }

    private async Task TakeAsync(IReadOnlyList<InboxEvent> changes)
    {
        if (
            changes.Any(change =>
                change is InboxEvent.CatchUp
                || change is InboxEvent.DocumentsChanged(var client) && client.ToString() == Id
            )
        )
        {
            await InvokeAsync(async () =>
            {
                await ReloadAsync();
                StateHasChanged();
            });
        }
    }

    private static string Shown(GivenAnswer answer, string value) =>
        answer.Kind == QuestionKind.Date
        && DateOnly.TryParseExact(
            value,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        )
            ? day.ToString("MMMM d, yyyy", DocumentFacts.English)
            : value;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _changes?.Dispose();
        }
        base.Dispose(disposing);
    }
}
