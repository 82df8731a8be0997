using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Live;

/// <summary>What one node tells the others, in one piece.</summary>
/// <param name="Node">Who says it.</param>
/// <param name="Sequence">Counts what this node has told: one that is missing was lost on the way.</param>
/// <param name="Marks">What it committed; none in a sign of life, which repeats the last number.</param>
/// <param name="Wake">There is something to send.</param>
/// <param name="Bye">It stops: nothing more will come, and nothing is missing.</param>
internal sealed record NodeMessage(
    string Node,
    long Sequence,
    IReadOnlyList<FeedMark>? Marks = null,
    bool Wake = false,
    bool Bye = false
)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new IdJson(), new PhoneNumberJson() },
    };

    /// <summary>Whether it says anything beyond that its node is there.</summary>
    public bool Tells => Wake || Marks is { Count: > 0 };

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="JsonException">It is none of ours, or of a version that says what this one does not know.</exception>
    public static NodeMessage Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<NodeMessage>(bytes, Json) ?? throw new JsonException("Empty.");

    private sealed class PhoneNumberJson : JsonConverter<PhoneNumber>
    {
        public override PhoneNumber Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => PhoneNumber.FromStored(reader.GetString()!);

        public override void Write(
            Utf8JsonWriter writer,
            PhoneNumber value,
            JsonSerializerOptions options
        ) => writer.WriteStringValue(value.Value);
    }

    private sealed class IdJson : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) =>
            typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Id<>);

        public override JsonConverter CreateConverter(
            Type typeToConvert,
            JsonSerializerOptions options
        ) =>
            (JsonConverter)
                Activator.CreateInstance(
                    typeof(Of<>).MakeGenericType(typeToConvert.GenericTypeArguments),
                    BindingFlags.Instance | BindingFlags.Public,
                    binder: null,
                    args: null,
                    CultureInfo.InvariantCulture
                )!;

        private sealed class Of<T> : JsonConverter<Id<T>>
        {
            public override Id<T> Read(
                ref Utf8JsonReader reader,
                Type typeToConvert,
                JsonSerializerOptions options
            ) => Id<T>.Parse(reader.GetString()!);

            public override void Write(
                Utf8JsonWriter writer,
                Id<T> value,
                JsonSerializerOptions options
            ) => writer.WriteStringValue(value.ToString());
        }
    }
}
