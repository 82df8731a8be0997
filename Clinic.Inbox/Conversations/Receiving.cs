using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Takes a client's text in: dedupe, find or create the open conversation, recognise the client, apply keywords. The hot
/// path is four prepared statements, on PostgreSQL in three round trips; what is rare (a new conversation, a reminder that is
/// answered, a file, a keyword) goes by more of them, or by Entity Framework, in the same transaction.
/// </summary>
public sealed class Receiving(
    InboxWriter writer,
    AttachmentSignal attachments,
    IEnumerable<IReceivedFollowUp> followUps
) : IReceivedPort
{
    /// <summary>The carrier's clock is believed within these bounds of ours; a retry may be three days old.</summary>
    private static readonly TimeSpan OldestBelieved = TimeSpan.FromHours(73);

    private readonly IReceivedFollowUp[] _followUps = [.. followUps.OrderBy(f => f.Turn)];

    public async Task<ReceiveOutcome> ReceiveAsync(
        ReceivedText text,
        CancellationToken cancellation
    )
    {
        // The caller's cancellation is not passed on: once handed in, the text is stored even if the carrier hangs up.
        var read = Incoming.Read(text);
        var outcome = await writer.StoreAsync(
            text.From,
            session => StoreAsync(session, read),
            cancellation
        );
        if (outcome == ReceiveOutcome.Stored && text.Media.Count > 0)
        {
            attachments.Wake();
        }
        return outcome;
    }

    public Task QuarantineAsync(QuarantinedBody body, CancellationToken cancellation) =>
        writer.RunAsync(session => QuarantineAsync(session, body), cancellation);

    private async Task<ReceiveOutcome> StoreAsync(WriteSession session, Incoming incoming)
    {
        var text = incoming.Text;
        var known = await FirstAsync(session, incoming);
        if (known.WasHere)
        {
            return ReceiveOutcome.Duplicate;
        }
        if (incoming.From is not { } from || known is not { LineId: { } lineId, AddOn: { } addOn })
        {
            const string reason =
                "No line of this clinic has the number it was sent to, or the sender is no phone number.";
            await QuarantineAsync(session, new QuarantinedBody("inbound", reason, text.RawBody));
            return ReceiveOutcome.Quarantined;
        }
        var now = session.Now;
        var at = text.SentAt is { } sent && sent > now - OldestBelieved && sent <= now ? sent : now;
        var read = addOn == AddOn.TwoWay;
        var keyword = known.IsOurs ? KeywordMatch.Nothing : incoming.Keyword;
        if (!read && keyword.Class == KeywordClass.PossibleOptOut)
        {
            // Nobody is there to ask what was meant: it is taken for what it may be.
            keyword = keyword with
            {
                Class = KeywordClass.OptOut,
            };
        }
        var row = await OpenAsync(
            session,
            lineId,
            from,
            at,
            PreviewOf(text),
            keyword.Class == KeywordClass.PossibleOptOut
        );
        var message = await InsertAsync(
            session,
            row,
            text,
            at,
            KeywordObedience.KeywordOf(keyword),
            known.HasReminders
        );
        session.Publish(new InboxEvent.MessageChanged(row.Id, message));
        // The red light calls somebody to the inbox: only where there is one.
        session.Publish(new InboxEvent.ConversationChanged(row, Flash: read));
        if (known.IsOurs)
        {
            // One of our own lines speaks: whatever it says, an answer would be talking to ourselves.
            return ReceiveOutcome.Stored;
        }
        await KeywordObedience.ObeyAsync(session, row, from, keyword, at);
        var stored = new StoredText(message.Id, row, from, text.Text, keyword, at)
        {
            LineIsOnFor = addOn,
        };
        foreach (var followUp in _followUps)
        {
            await followUp.FollowAsync(session, stored);
        }
        return ReceiveOutcome.Stored;
    }

    /// <summary>Adds the text to the open conversation of line and number, or opens one and recognises the client.</summary>
    private static async Task<ConversationRow> OpenAsync(
        WriteSession session,
        string lineId,
        PhoneNumber from,
        DateTimeOffset at,
        string preview,
        bool asks
    )
    {
        var newId = Id<Conversation>.New(session.Now);
        var command = session.Sql(
            """
            INSERT INTO "Conversations" ("Id", "LineId", "Number", "State", "Unread", "CreatedAt", "LastMessageAt", "Preview",
              "LastWasOurs", "AwaitsOptOutDecision")
            VALUES (@p0, @p1, @p2, 'Open', 1, @p3, @p3, @p4, FALSE, @p5)
            ON CONFLICT ("LineId", "Number") WHERE "State" = 'Open' DO UPDATE SET
              "Unread" = "Conversations"."Unread" + 1,
              "Preview" = CASE WHEN excluded."LastMessageAt" >= "Conversations"."LastMessageAt"
                THEN excluded."Preview" ELSE "Conversations"."Preview" END,
              "LastWasOurs" = CASE WHEN excluded."LastMessageAt" >= "Conversations"."LastMessageAt"
                THEN FALSE ELSE "Conversations"."LastWasOurs" END,
              "LastMessageAt" = CASE WHEN excluded."LastMessageAt" >= "Conversations"."LastMessageAt"
                THEN excluded."LastMessageAt" ELSE "Conversations"."LastMessageAt" END,
              "AwaitsOptOutDecision" = "Conversations"."AwaitsOptOutDecision" OR excluded."AwaitsOptOutDecision"
            RETURNING "Id", "ClientId", "ClientName", "Unread", "LastMessageAt", "Preview", "LastWasOurs", "AwaitsOptOutDecision"
            """,
            newId.ToString(),
            lineId,
            from.Value,
            Micros.Of(at),
            preview,
            asks
        );
        ConversationRow row;
        await using (var reader = await command.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            row = new ConversationRow(
                Id<Conversation>.Parse(reader.GetString(0)),
                Id<Line>.Parse(lineId),
                from,
                reader.IsDBNull(1) ? null : Id<Client>.Parse(reader.GetString(1)),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                ConversationState.Open,
                reader.GetInt32(3),
                Micros.ToInstant(reader.GetInt64(4)),
                reader.GetString(5),
                reader.GetBoolean(6),
                reader.GetBoolean(7)
            );
        }
        return row.Id == newId ? await FirstLook.RecogniseAsync(session, row) : row;
    }

    private static async Task<MessageView> InsertAsync(
        WriteSession session,
        ConversationRow row,
        ReceivedText text,
        DateTimeOffset at,
        MessageKeyword? keyword,
        bool answersReminders
    )
    {
        var id = Id<Message>.New(session.Now);
        if (answersReminders)
        {
            await FirstLook.TakeRemindersAsync(session, row);
        }
        await session.SqlAsync([
            (
                """
                INSERT INTO "Messages" ("Id", "ConversationId", "LineId", "Number", "ClientId", "Direction", "Kind", "Purpose", "Category",
                  "Basis", "AsksToConfirm", "Text", "State", "Segments", "At", "CarrierId", "Priority", "DueAt", "By", "Keyword", "RawBody",
                  "Price", "Currency")
                VALUES (@p0, @p1, @p2, @p3, @p4, 'Inbound', 'Conversation', 'Conversation', 'Transactional',
                  '', FALSE, @p5, 'Received', @p6, @p7, @p8, 0, @p7, '', @p9, @p10, @p11, @p12)
                """,
                [
                    id.ToString(),
                    row.Id.ToString(),
                    row.LineId.ToString(),
                    row.Number.Value,
                    row.ClientId?.ToString(),
                    text.Text,
                    text.Segments,
                    Micros.Of(at),
                    text.MessageUuid,
                    keyword?.ToString(),
                    text.RawBody,
                    text.Price is { } price ? Millionths.Of(price) : null,
                    text.Currency,
                ]
            ),
            (
                "INSERT INTO \"NumberStandings\" (\"Number\", \"TextedUsAt\") VALUES (@p0, @p1) "
                    + "ON CONFLICT (\"Number\") DO UPDATE SET \"TextedUsAt\" = excluded.\"TextedUsAt\"",
                [row.Number.Value, Micros.Of(session.Now)]
            ),
        ]);
        var files = await AttachAsync(session, id, text.Media);
        return new MessageView(
            id,
            MessageDirection.Inbound,
            MessageKind.Conversation,
            text.Text,
            Suffix: null,
            at,
            SentAt: null,
            DeliveredAt: null,
            MessageState.Received,
            text.Segments,
            ErrorCode: null,
            Error: null,
            By: "",
            keyword,
            files
        );
    }

    private static async Task<IReadOnlyList<AttachmentView>> AttachAsync(
        WriteSession session,
        Id<Message> messageId,
        IReadOnlyList<ReceivedMedia> media
    )
    {
        if (media.Count == 0)
        {
            return [];
        }
        var files = new List<AttachmentView>(media.Count);
        for (var i = 0; i < media.Count; i++)
        {
            var file = new Attachment(Id<Attachment>.New(session.Now), messageId, media[i].Name, i);
            if (media[i].Url is { Length: > 0 } url)
            {
                file.FetchFrom(url, session.Now);
            }
            else
            {
                file.GiveUp(
                    "The carrier sent no address for this file. Ask the client to send it again."
                );
            }
            session.Db.Attachments.Add(file);
            files.Add(AttachmentView.Of(file));
        }
        await session.Db.SaveChangesAsync();
        return files;
    }

    private static Task QuarantineAsync(WriteSession session, QuarantinedBody body) =>
        QuarantineKeeping.KeepAsync(session, body.Kind, body.Reason, body.RawBody);

    private static string PreviewOf(ReceivedText text)
    {
        if (text.Text.Length > 0)
        {
            return Conversation.PreviewOf(text.Text);
        }
        return text.Media switch
        {
            [] => "",
            [{ Type: "image" }] => "Photo",
            [{ Type: "file" }] => "File",
            [{ Type: "audio" }] => "Voice message",
            [{ Type: "video" }] => "Video",
            [{ Type: "vcard" }] => "Contact card",
            [_] => "Attachment",
            _ => $"{text.Media.Count} attachments",
        };
    }

    /// <summary>
    /// Whether the text is here already or was deleted, the line that it was sent to, whether reminders to the number may wait
    /// for it, and whether the number is a line of this clinic.
    /// </summary>
    private static async Task<Known> FirstAsync(WriteSession session, Incoming incoming)
    {
        await using var reader = await session
            .Sql(
                """
                SELECT EXISTS (SELECT 1 FROM "Messages" WHERE "CarrierId" = @p0)
                    OR EXISTS (SELECT 1 FROM "ForgottenTexts" WHERE "Hash" = @p3), l."Id", l."AddOn",
                  EXISTS (SELECT 1 FROM "Messages" WHERE "Number" = @p2 AND "ConversationId" IS NULL),
                  EXISTS (SELECT 1 FROM "Lines" WHERE "Number" = @p2 AND "ReleasedAt" IS NULL)
                FROM (SELECT 1 AS "One") AS o LEFT JOIN "Lines" AS l ON l."Number" = @p1
                """,
                incoming.Text.MessageUuid,
                incoming.To?.Value,
                incoming.From?.Value,
                incoming.Hash
            )
            .ExecuteReaderAsync();
        await reader.ReadAsync();
        return new Known(
            reader.GetBoolean(0),
            reader.IsDBNull(1) ? null : reader.GetString(1),
            reader.IsDBNull(2) ? null : Enum.Parse<AddOn>(reader.GetString(2)),
            reader.GetBoolean(3),
            reader.GetBoolean(4)
        );
    }

    /// <summary>A text with all that can be made out before anybody else has to wait for it: there is one pen.</summary>
    private sealed record Incoming(
        ReceivedText Text,
        PhoneNumber? To,
        PhoneNumber? From,
        KeywordMatch Keyword,
        string Hash
    )
    {
        public static Incoming Read(ReceivedText text) =>
            new(
                text,
                PhoneNumber.TryFromCarrier(text.To, out var to) ? to : null,
                PhoneNumber.TryFromCarrier(text.From, out var from) ? from : null,
                Keywords.Match(text.Text),
                ForgottenText.HashOf(text.MessageUuid)
            );
    }

    private sealed record Known(
        bool WasHere,
        string? LineId,
        AddOn? AddOn,
        bool HasReminders,
        bool IsOurs
    );
}
