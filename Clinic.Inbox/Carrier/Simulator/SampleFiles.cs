namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Two photos and a document to send in the demo, made when first asked for.</summary>
public sealed class SampleFiles
{
    private readonly Lazy<IReadOnlyList<ShelfFile>> _all = new(Make);

    /// <summary>Every one of them; their ids are their names.</summary>
    public IReadOnlyList<ShelfFile> All => _all.Value;

    public ShelfFile? Find(string id) =>
        id is SamplePhotos.Portrait or SamplePhotos.Paw or SampleDocument.Name
            ? All.First(file => file.Id == id)
            : null;

    private static IReadOnlyList<ShelfFile> Make() =>
        [
            new(
                SamplePhotos.Portrait,
                SamplePhotos.Portrait,
                "image/jpeg",
                SamplePhotos.DrawPortrait()
            ),
            new(SamplePhotos.Paw, SamplePhotos.Paw, "image/jpeg", SamplePhotos.DrawPaw()),
            new(
                SampleDocument.Name,
                SampleDocument.Name,
                "application/pdf",
                SampleDocument.Write()
            ),
        ];
}
