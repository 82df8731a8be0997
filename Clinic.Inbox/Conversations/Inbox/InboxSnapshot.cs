using System.Text.Json;
using System.Text.Json.Serialization;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>
/// What the prerendered page showed, handed to the live one, so that nothing flickers in between. It travels encrypted
/// inside the page.
/// </summary>
internal sealed record InboxSnapshot(
    IReadOnlyList<ConversationRow> Rows,
    bool HasMore,
    IReadOnlyList<LineChoice> Lines,
    OpenedConversation? Opened,
    bool SideFolded
)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new NumberJson() },
    };

    public string Write() => JsonSerializer.Serialize(this, Options);

    public static InboxSnapshot? Read(string text) =>
        JsonSerializer.Deserialize<InboxSnapshot>(text, Options);

    private sealed class NumberJson : JsonConverter<PhoneNumber>
    {
        public override PhoneNumber Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => PhoneNumber.FromStored(reader.GetString() ?? "");

        public override void Write(
            Utf8JsonWriter writer,
            PhoneNumber value,
            JsonSerializerOptions options
        ) => writer.WriteStringValue(value.Value);
    }
}
