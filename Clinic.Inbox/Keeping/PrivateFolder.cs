using System.Security.Cryptography;

namespace Clinic.Inbox.Keeping;

/// <summary>Folders and files that only the app's own account may read: a backup holds everything the clinic has.</summary>
internal static class PrivateFolder
{
    private const int BufferSize = 128 * 1024;

    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        if (Directory.Exists(path))
        {
            return;
        }
        // The mode is given to the last one only.
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            Make(parent);
        }
        Directory.CreateDirectory(
            path,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
    }

    /// <exception cref="IOException">It is there already.</exception>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        return new FileStream(path, options);
    }

    /// <summary>Copies to a new file, durably, and hashes what was read.</summary>
    public static async Task<(long Size, string Sha256)> CopyAsync(
        Stream from,
        string path,
        CancellationToken cancellation
    )
    {
        Make(Path.GetDirectoryName(path)!);
        await using var to = Create(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        var size = 0L;
        while (await from.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            size += read;
        }
        to.Flush(flushToDisk: true);
        return (size, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public static async Task<(long Size, string Sha256)> HashAsync(
        string path,
        CancellationToken cancellation
    )
    {
        await using var file = File.OpenRead(path);
        var hash = await SHA256.HashDataAsync(file, cancellation);
        return (file.Length, Convert.ToHexStringLower(hash));
    }
}
