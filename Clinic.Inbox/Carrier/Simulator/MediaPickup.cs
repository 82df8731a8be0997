namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Fetches what the clinic sends along by its public address, as the carrier does, and checks it as the carrier does.</summary>
internal sealed class MediaPickup(IHttpClientFactory clients, MediaShelf shelf)
{
    /// <summary>Vonage: jpg, png, gif and bmp up to 2 MB.</summary>
    private const int LargestPicture = 2 * 1024 * 1024;

    /// <summary>The files as the phone gets them, or Vonage's code for why it gets none.</summary>
    public async Task<(IReadOnlyList<PhoneFile> Files, string? ErrorCode)> FetchAsync(
        IReadOnlyList<PhoneFile> files,
        CancellationToken cancellation
    )
    {
        var fetched = new List<PhoneFile>(files.Count);
        foreach (var file in files)
        {
            if (await DownloadAsync(file.Url, cancellation) is not { Length: > 0 } bytes)
            {
                return (files, "1380");
            }
            var kept = shelf.Put(file.Name, bytes);
            if (Refusal(file.Type, kept) is { } code)
            {
                return (files, code);
            }
            fetched.Add(file with { Url = SimulatorPaths.Media(kept.Id) });
        }
        return (fetched, null);
    }

    private static string? Refusal(string type, ShelfFile file) =>
        type switch
        {
            "image"
                when file.ContentType
                    is not ("image/jpeg" or "image/png" or "image/gif" or "image/bmp") => "1382",
            "image" when file.Bytes.Length > LargestPicture => "1381",
            "file" when file.ContentType != "application/pdf" => "1382",
            "vcard" when file.ContentType != "text/vcard" => "1382",
            _ => null,
        };

    private async Task<byte[]?> DownloadAsync(string url, CancellationToken cancellation)
    {
        try
        {
            using var client = clients.CreateClient(Callbacks.Client);
            client.MaxResponseContentBufferSize = MediaShelf.LargestFile;
            return await client.GetByteArrayAsync(new Uri(url), cancellation);
        }
        catch (Exception e)
            when (!cancellation.IsCancellationRequested
                && e is HttpRequestException or IOException or OperationCanceledException
            )
        {
            return null;
        }
    }
}
