using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>Which node sends a line's texts, on PostgreSQL: one at a time, and another as soon as it is gone.</summary>
public sealed class LineLease
{
    public Id<Line> LineId { get; private set; }

    /// <summary>The <see cref="Data.Node"/> that sends.</summary>
    public string Node { get; private set; } = "";

    /// <summary>From then on anybody may take it, by the database's own clock: those of the nodes differ.</summary>
    public DateTimeOffset Until { get; private set; }
}
