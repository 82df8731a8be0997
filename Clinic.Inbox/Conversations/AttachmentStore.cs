using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Where files lie: <c>Storage:Path</c>, in folders by id. A file's name on the disk is its id, never what a phone called
/// it.
/// </summary>
public sealed class AttachmentStore(IConfiguration configuration, TimeProvider clock)
{
    private const string Thumbnail = ".thumbnail";
    private const string Unfinished = ".part";

    private readonly string _root = Path.GetFullPath(
        configuration["Storage:Path"] ?? "data/attachments",
        ContentRoot.Find()
    );

    /// <summary>The folder below which all of them lie.</summary>
    internal string Root => _root;

    /// <summary>The file itself.</summary>
    public string PathOf(Id<Attachment> id) => Path.Combine(Folder(id), id.ToString());

    /// <summary>Its small picture, a JPEG made by us.</summary>
    public string ThumbnailPathOf(Id<Attachment> id) => PathOf(id) + Thumbnail;

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

    /// <summary>Opens the file or its thumbnail; null when it is not there. Deleting is possible meanwhile.</summary>
    public Stream? Open(Id<Attachment> id, bool thumbnail)
    {
        try
        {
            return new FileStream(
                thumbnail ? ThumbnailPathOf(id) : PathOf(id),
                new FileStreamOptions
                {
                    Share = FileShare.Read | FileShare.Delete,
                    Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                }
            );
        }
        catch (IOException failure)
            when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Counts a file that no message has yet as new; false when it is not there (any more).</summary>
    public bool Renew(Id<Attachment> id)
    {
        try
        {
            var now = clock.GetUtcNow().UtcDateTime;
            if (File.Exists(ThumbnailPathOf(id)))
            {
                File.SetLastWriteTimeUtc(ThumbnailPathOf(id), now);
            }
            File.SetLastWriteTimeUtc(PathOf(id), now);
            return true;
        }
        catch (IOException failure)
            when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Removes the file, its thumbnail and what a crash left of either; nothing happens when they are not there.</summary>
    public void Delete(Id<Attachment> id)
    {
        if (!Directory.Exists(Folder(id)))
        {
            return;
        }
        foreach (var path in (ReadOnlySpan<string>)[PathOf(id), ThumbnailPathOf(id)])
        {
            File.Delete(path);
            File.Delete(path + Unfinished);
        }
    }

    /// <summary>Ids with a file last written before <paramref name="before"/>. Files of other names are not ours and left alone.</summary>
    public IEnumerable<Id<Attachment>> WrittenBefore(DateTimeOffset before) =>
        Directory.Exists(_root)
            ? new DirectoryInfo(_root)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Where(file => file.LastWriteTimeUtc < before.UtcDateTime)
                .Select(file =>
                    Id<Attachment>.TryParse(IdPart(file.Name), provider: null, out var id)
                        ? id
                        : default
                )
                .Where(id => id != default)
                .Distinct()
            : [];

    /// <summary>Removes the files of <paramref name="id"/> that were last written before <paramref name="before"/>, as seen now.</summary>
    public bool DeleteWrittenBefore(Id<Attachment> id, DateTimeOffset before)
    {
        var deleted = false;
        foreach (var path in (ReadOnlySpan<string>)[PathOf(id), ThumbnailPathOf(id)])
        {
            foreach (var file in (ReadOnlySpan<string>)[path, path + Unfinished])
            {
                if (File.Exists(file) && File.GetLastWriteTimeUtc(file) < before.UtcDateTime)
                {
                    File.Delete(file);
                    deleted = true;
                }
            }
        }
        return deleted;
    }

    private async Task WriteAsync(
        string path,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Under another name first: a crash leaves no half file under the real one.
        var unfinished = path + Unfinished;
        await using (
            var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None)
        )
        {
            await file.WriteAsync(bytes, cancellation);
            file.Flush(flushToDisk: true);
        }
        // By the product's clock, which the age of a file nobody sends is measured with.
        File.SetLastWriteTimeUtc(unfinished, clock.GetUtcNow().UtcDateTime);
        File.Move(unfinished, path, overwrite: true);
    }

    // The end of a version 7 id is random, so the folders fill evenly.
    private string Folder(Id<Attachment> id) => Path.Combine(_root, id.ToString()[^2..]);

    private static string IdPart(string fileName) => fileName.Split('.', 2)[0];
}
