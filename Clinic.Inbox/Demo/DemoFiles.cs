using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Demo;

/// <summary>
/// The files of the demo's texts: photos drawn from <c>Demo/Data/*.svg</c>, and a PDF. They lie in storage like any other,
/// so that thumbnails, viewer and download have something to show.
/// </summary>
internal sealed class DemoFiles(AttachmentStore store)
{
    private readonly List<Id<Attachment>> _stored = [];

    public async Task AttachAsync(Message message, DemoLine line, CancellationToken cancellation)
    {
        foreach (var (position, mark) in line.Marks.Index())
        {
            if (mark.StartsWith("photo ", StringComparison.Ordinal))
            {
                var name = mark["photo ".Length..];
                using var source = DemoData.Open(name + ".svg");
                using var picture = SvgPicture.Draw(source);
                var attachment = Begin(message, name + ".jpg", position);
                var bytes = picture.ToJpeg(picture.Width);
                await store.SaveAsync(attachment.Id, bytes, cancellation);
                await store.SaveThumbnailAsync(
                    attachment.Id,
                    picture.ToJpeg(Pictures.ThumbnailSide),
                    cancellation
                );
                attachment.Stored(
                    FileKinds.Jpeg.ContentType,
                    bytes.Length,
                    picture.Width,
                    picture.Height,
                    hasThumbnail: true
                );
            }
            else if (mark.StartsWith("pdf ", StringComparison.Ordinal))
            {
                var attachment = Begin(message, mark["pdf ".Length..] + ".pdf", position);
                var bytes = SamplePdf.Records();
                await store.SaveAsync(attachment.Id, bytes, cancellation);
                attachment.Stored(
                    FileKinds.Pdf.ContentType,
                    bytes.Length,
                    width: 0,
                    height: 0,
                    hasThumbnail: false
                );
            }
        }
    }

    /// <summary>Takes back what was written when the transaction fails.</summary>
    public void Forget() => _stored.ForEach(store.Delete);

    private Attachment Begin(Message message, string name, int position)
    {
        var attachment = new Attachment(Id<Attachment>.New(message.At), message.Id, name, position);
        message.Attach(attachment);
        _stored.Add(attachment.Id);
        return attachment;
    }
}
