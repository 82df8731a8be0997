using Clinic.Inbox.Carrier;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Templates;

namespace Clinic.Inbox.Demo;

/// <summary>
/// Plays the scenes of <c>conversations.txt</c> into rows, as receiving and sending would have left them: keywords are read by
/// the same rules, the first text to a number carries its instructions, and nothing is left that would still be sent.
/// </summary>
internal sealed class DemoConversations(DemoPractice practice, DemoFiles files)
{
    public async Task AddAsync(CancellationToken cancellation)
    {
        foreach (var scene in DemoScript.Read(practice.Time))
        {
            await AddAsync(scene, cancellation);
        }
    }

    private async Task AddAsync(DemoScene scene, CancellationToken cancellation)
    {
        var number = PhoneNumber.TryFromCarrier(scene.Who, out var unknown)
            ? unknown
            : practice.Named(scene.Who).Mobile!.Value;
        var first = scene.Lines.First(line => line.Speaker != "R>").At;
        var conversation = new Conversation(
            Id<Conversation>.New(first),
            practice.Line.Id,
            number,
            first
        );
        Client[] owners =
        [
            .. practice.Clients.Where(c => c.Phones.Any(phone => phone.Number == number)),
        ];
        if (owners is [var owner])
        {
            conversation.AssignTo(owner);
        }
        practice.Db.Conversations.Add(conversation);
        foreach (var line in scene.Lines)
        {
            var message =
                line.Speaker == "<"
                    ? Receive(conversation, owners, line)
                    : Send(conversation, line);
            practice.Db.Messages.Add(message);
            await files.AttachAsync(message, line, cancellation);
        }
        if (!scene.Unread)
        {
            conversation.MarkRead();
        }
        if (scene.Closed)
        {
            conversation.Close(DemoSignIns.All[0].Name, scene.Lines[^1].At.AddMinutes(4));
        }
    }

    private Message Receive(Conversation conversation, Client[] owners, DemoLine line)
    {
        var keyword = Keywords.Match(line.Text);
        conversation.NoteReceived(
            line.Text.Length > 0 ? line.Text : "Photo",
            line.At,
            keyword.Class == KeywordClass.PossibleOptOut
        );
        practice.StandingOf(conversation.Number).Texted(line.At);
        if (keyword.Class == KeywordClass.OptOut)
        {
            OptOut(conversation, owners, line.At);
        }
        else if (keyword.Class == KeywordClass.OptIn)
        {
            OptIn(conversation, owners, line.At);
        }
        return Message.Received(
            Id<Message>.New(line.At),
            conversation,
            line.Text,
            SmsText.Analyze(line.Text).Segments.Value,
            practice.CarrierId(),
            KeywordObedience.KeywordOf(keyword),
            line.At
        );
    }

    private Message Send(Conversation conversation, DemoLine line)
    {
        var (kind, by, text) = line.Speaker switch
        {
            "R>" => (MessageKind.Reminder, "", line.Text),
            "S>" => (MessageKind.System, "", SystemText(line.Text)),
            _ => (
                MessageKind.Conversation,
                DemoSignIns.All.Single(p => p.Name[0] == (line.Speaker + "M")[1]).Name,
                line.Text
            ),
        };
        var message = DemoSent.Message(practice, conversation.Number, kind, text, line);
        message.ConversationId = conversation.Id;
        message.ClientId = conversation.ClientId;
        message.By = by;
        if (kind != MessageKind.Reminder)
        {
            conversation.NoteSent(text, line.At);
        }
        if (kind == MessageKind.Conversation)
        {
            // Whoever answers has read.
            conversation.MarkRead();
        }
        return message;
    }

    private string SystemText(string name) =>
        name switch
        {
            "optOut" => SystemTexts.Standard(TemplateKind.OptOutReply, practice.Clinic),
            "optIn" => SystemTexts.Standard(TemplateKind.OptInReply, practice.Clinic),
            "help" => SystemTexts.Standard(TemplateKind.HelpReply, practice.Clinic),
            _ => throw new FormatException($"conversations.txt: the system says no '{name}'."),
        };

    private void OptOut(Conversation conversation, Client[] owners, DateTimeOffset at)
    {
        var standing = practice.StandingOf(conversation.Number);
        standing.OptOut(at);
        standing.TakeOptOutConfirmation(at);
        Note(conversation, optedOut: true, at);
        foreach (var client in owners)
        {
            client.ReminderPreference = ReminderPreference.None;
            foreach (var category in Enum.GetValues<ConsentCategory>())
            {
                if (practice.Holding(client, category) is not null)
                {
                    practice.Record(
                        client,
                        category,
                        ConsentAction.Withdrawn,
                        ConsentMethod.Text,
                        "Opted out of all texts",
                        at,
                        client.FullName
                    );
                }
            }
        }
    }

    private void OptIn(Conversation conversation, Client[] owners, DateTimeOffset at)
    {
        practice.StandingOf(conversation.Number).OptIn();
        Note(conversation, optedOut: false, at);
        foreach (var client in owners)
        {
            client.ReminderPreference = ReminderPreference.Sms;
            practice.Record(
                client,
                ConsentCategory.Transactional,
                ConsentAction.Granted,
                ConsentMethod.Text,
                OptOuts.RestoredByStart,
                at,
                client.FullName
            );
        }
    }

    private void Note(Conversation conversation, bool optedOut, DateTimeOffset at) =>
        practice.Db.OptOutRecords.Add(
            new OptOutRecord(
                Id<OptOutRecord>.New(at),
                conversation.Number,
                optedOut,
                OptOutSource.Keyword,
                at,
                optedOut ? conversation.ClientName ?? conversation.Number.Value : "START"
            )
        );
}
