using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Where files lie: <c>Storage:Path</c>, two folders deep by id. A file's name on the disk is its id, never what a phone
/// called it.
/// </summary>
public sealed class AttachmentStore(IConfiguration configuration)
{
    private readonly string _root = Path.GetFullPath(
        configuration["Storage:Path"] ?? "data/attachments",
        ContentRoot.Find()
    );

    /// <summary>The file itself.</summary>
    public string PathOf(Id<Attachment> id) => Path.Combine(Folder(id), id.ToString());

    /// <summary>Its small picture, a JPEG made by us.</summary>
    public string ThumbnailPathOf(Id<Attachment> id) => Path.Combine(Folder(id), id + ".thumbnail");

    /// <summary>Writes the bytes durably: they are on the disk when this returns.</summary>
    public Task SaveAsync(
        Id<Attachment> id,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation
    ) => WriteAsync(PathOf(id), bytes, cancellation);

    public Task SaveThumbnailAsync(
        Id<Attachment> id,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation
    ) => WriteAsync(ThumbnailPathOf(id), bytes, cancellation);

    /// <summary>Removes the file and its thumbnail; nothing happens when they are not there.</summary>
    public void Delete(Id<Attachment> id)
    {
        File.Delete(PathOf(id));
        File.Delete(ThumbnailPathOf(id));
    }

    private static async Task WriteAsync(
        string path,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Under another name first: a crash leaves no half file under the real one.
        var unfinished = path + ".part";
        await using (
            var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None)
        )
        {
            await file.WriteAsync(bytes, cancellation);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
    }

    // The end of a version 7 id is random, so the folders fill evenly.
    private string Folder(Id<Attachment> id) => Path.Combine(_root, id.ToString()[^2..]);
}
