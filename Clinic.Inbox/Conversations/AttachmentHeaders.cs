using Microsoft.Net.Http.Headers;

namespace Clinic.Inbox.Conversations;

/// <summary>Headers of a stranger's file on our own address: shown it may be, run nothing, and kept by no cache.</summary>
internal static class AttachmentHeaders
{
    private const string Sandbox = "sandbox; default-src 'none'; frame-ancestors 'none'";

    /// <summary>
    /// Without the sandbox, in which older Chromiums show no PDF. Nothing may load or run all the same, and only our own
    /// pages may frame it.
    /// </summary>
    private const string PdfViewer =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    /// <param name="file">Null: there is none, and neither is that remembered.</param>
    /// <param name="save">To be saved rather than shown.</param>
    public static void Write(IHeaderDictionary headers, ServedFile? file, bool save)
    {
        // Deleting must delete: what a browser kept would outlive the conversation.
        headers.CacheControl = "private, no-store";
        headers.XContentTypeOptions = "nosniff";
        var framed = file is { Kind.Showing: FileShowing.Pdf } && !save;
        headers.ContentSecurityPolicy = framed ? PdfViewer : Sandbox;
        headers.XFrameOptions = framed ? "SAMEORIGIN" : "DENY";
        if (file is not null)
        {
            headers.ContentDisposition = Disposition(
                file,
                save || file.Kind.Showing == FileShowing.Download
            );
        }
    }

    /// <summary>RFC 6266: the name in ASCII for old clients, and in UTF-8.</summary>
    private static string Disposition(ServedFile file, bool save)
    {
        var disposition = new ContentDispositionHeaderValue(save ? "attachment" : "inline");
        disposition.SetHttpFileName(file.Name);
        return disposition.ToString();
    }
}
