using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Reminders;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>The texts of a thread by day, and what the reminders and documents among them are about.</summary>
public sealed partial class MessageList(
    SentReminders reminders,
    SentDocuments documents,
    ILogger<MessageList> log
) : IDisposable
{
    private static readonly TimeSpan Together = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _gone = new();
    private readonly Dictionary<Id<Message>, SentReminder?> _about = [];

    // With the text as it was when it was asked: a text is told anew when its document changed.
    private readonly Dictionary<Id<Message>, (MessageView Text, SentDocument? About)> _documents =
    [];

    /// <summary>Oldest first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<MessageView> Messages { get; set; } = [];

    /// <summary>The client's name or number.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter]
    public EventCallback<AttachmentView> OnOpen { get; set; }

    [Parameter]
    public EventCallback<MessageView> OnRetry { get; set; }

    [Parameter]
    public EventCallback<MessageView> OnAssume { get; set; }

    [Inject]
    private ClinicClock Clock { get; set; } = null!;

    /// <summary>Forms that were filled in, each once, the first first: they stand in the thread where it happened.</summary>
    private IReadOnlyList<SentDocument> Answered =>
        [
            .. _documents
                .Values.Select(d => d.About)
                .OfType<SentDocument>()
                .Where(d => d.AnsweredAt is not null)
                .DistinctBy(d => d.Id)
                .OrderBy(d => d.AnsweredAt),
        ];

    protected override async Task OnParametersSetAsync()
    {
        var unknown = Messages
            .Where(m => m.Kind == MessageKind.Reminder && _about.TryAdd(m.Id, null))
            .Select(m => m.Id)
            .ToList();
        var changed = Messages
            .Where(m =>
                m.Kind == MessageKind.Document
                && !ReferenceEquals(_documents.GetValueOrDefault(m.Id).Text, m)
            )
            .ToList();
        changed.ForEach(m => _documents[m.Id] = (m, _documents.GetValueOrDefault(m.Id).About));
        try
        {
            if (unknown.Count > 0)
            {
                foreach (var (id, about) in await reminders.AboutAsync(unknown, _gone.Token))
                {
                    _about[id] = about;
                }
            }
            if (changed.Count > 0)
            {
                var ids = changed.ConvertAll(m => m.Id);
                foreach (var (id, about) in await documents.AboutAsync(ids, _gone.Token))
                {
                    _documents[id] = (_documents[id].Text, about);
                }
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // Nobody looks any more.
        }
        catch (Exception failure)
        {
            // The text says enough; its kind and the link are an addition.
            LogUnknown(failure);
        }
    }

    private static bool Joins(MessageView? before, MessageView message) =>
        before is not null
        && before.Kind != MessageKind.Reminder
        && before.Direction == message.Direction
        && before.By == message.By
        && message.At - before.At < Together;

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "What texts in a thread are about could not be read")]
    private partial void LogUnknown(Exception failure);
}
