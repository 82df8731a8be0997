using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.AddOns;

/// <summary>
/// What texts counted that were deleted with their conversation: numbers only, so that deleting changes no bill. Append-only;
/// nothing in it tells whose texts they were.
/// </summary>
public sealed class DeletedUsage
{
    private DeletedUsage() { }

    public DeletedUsage(Id<DeletedUsage> id, DateTimeOffset at, UsageCount count)
    {
        Id = id;
        At = at;
        Direction = count.Direction;
        Kind = count.Kind;
        Messages = count.Messages;
        Segments = count.Segments;
        OneWay = count.OneWay;
        Cost = count.Cost;
        Currency = count.Currency;
        Priced = count.Priced;
    }

    public Id<DeletedUsage> Id { get; private set; }

    /// <summary>The first instant of the month in which they count.</summary>
    public DateTimeOffset At { get; private set; }
    public MessageDirection Direction { get; private set; }
    public MessageKind Kind { get; private set; }
    public int Messages { get; private set; }
    public int Segments { get; private set; }

    /// <summary>How many left while one-way was on.</summary>
    public int OneWay { get; private set; }
    public decimal? Cost { get; private set; }
    public string? Currency { get; private set; }
    public int Priced { get; private set; }
}
