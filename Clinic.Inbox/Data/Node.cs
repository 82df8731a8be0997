namespace Clinic.Inbox.Data;

/// <summary>This running process among those that share a database.</summary>
/// <param name="Id">32 hex digits, new at each start: a node that comes back is another one.</param>
public sealed record Node(string Id)
{
    public Node()
        : this(Guid.NewGuid().ToString("N")) { }
}
