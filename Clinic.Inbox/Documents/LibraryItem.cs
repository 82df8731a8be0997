using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Documents;

/// <summary>A file or a form that is sent often, under a name that staff find it by.</summary>
public sealed class LibraryItem
{
    private LibraryItem() { }

    private LibraryItem(Id<LibraryItem> id, string name, string by, DateTimeOffset at)
    {
        Id = id;
        AddedBy = by;
        AddedAt = at;
        Rename(name);
    }

    public Id<LibraryItem> Id { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>Null: it is a form.</summary>
    public Id<Attachment>? FileId { get; private set; }

    /// <summary>Null: it is a file. Its newest version is sent.</summary>
    public Id<FormTemplate>? FormId { get; private set; }
    public string AddedBy { get; private set; } = "";
    public DateTimeOffset AddedAt { get; private set; }

    public static LibraryItem OfFile(
        string name,
        Id<Attachment> file,
        string by,
        DateTimeOffset at
    ) => new(Id<LibraryItem>.New(at), name, by, at) { FileId = file };

    public static LibraryItem OfForm(
        string name,
        Id<FormTemplate> form,
        string by,
        DateTimeOffset at
    ) => new(Id<LibraryItem>.New(at), name, by, at) { FormId = form };

    /// <exception cref="ArgumentException">The name is empty or over 100 characters.</exception>
    public void Rename(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > SharedDocument.LongestTitle)
        {
            throw new ArgumentException("A name has 1 to 100 characters.", nameof(name));
        }
        Name = name;
    }
}
