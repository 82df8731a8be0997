namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>A file that the simulated carrier keeps.</summary>
/// <param name="Id">Last part of its address, with an extension by its content.</param>
public sealed record ShelfFile(string Id, string Name, string ContentType, byte[] Bytes);

/// <summary>Files of texts, at <c>/simulator/media/{id}</c>: in memory, the oldest go first. The samples always lie there.</summary>
public sealed class MediaShelf(SampleFiles samples)
{
    /// <summary>Bytes of one file.</summary>
    public const int LargestFile = 10 * 1024 * 1024;
    private const int MostBytes = 128 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, ShelfFile> _files = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>Keeps it under a new id.</summary>
    public ShelfFile Put(string name, byte[] bytes)
    {
        var type = FileKinds.TypeOf(bytes);
        var id = Guid.NewGuid().ToString("N") + FileKinds.ExtensionOf(type);
        var file = new ShelfFile(
            id,
            Path.GetFileName(name.Trim()) is { Length: > 0 and <= 200 } plain ? plain : id,
            type,
            bytes
        );
        lock (_lock)
        {
            _files.Add(id, file);
            _bytes += bytes.Length;
            while (_bytes > MostBytes)
            {
                _bytes -= _files.GetAt(0).Value.Bytes.Length;
                _files.RemoveAt(0);
            }
        }
        return file;
    }

    public ShelfFile? Find(string id)
    {
        lock (_lock)
        {
            return _files.GetValueOrDefault(id) ?? samples.Find(id);
        }
    }
}
