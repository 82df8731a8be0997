using System.Text.Json;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Phones by HTTP: what they send, what they show, and the files they carry.</summary>
internal static class HandsetEndpoints
{
    private const int LongestText = 100_000;
    private const int MostFiles = 10;

    public static void MapHandsets(this IEndpointRouteBuilder simulator)
    {
        simulator.MapPost("/handsets/{number}/send", SendAsync);
        simulator.MapGet(
            "/handsets/{number}/messages",
            (string number, PhoneNetwork network) =>
                TryRead(number, out var phone, out var problem)
                    ? Results.Json(List(network.OnPhone(phone.Digits)))
                    : SimulatorJson.BadRequest(problem)
        );
        simulator.MapGet(
            "/messages",
            (PhoneNetwork network) => Results.Json(List(network.FromClinic()))
        );
        simulator.MapGet("/media/{id}", Media);
    }

    private static async Task<IResult> SendAsync(
        string number,
        HttpContext context,
        Handsets handsets,
        ClinicDirectory directory,
        PublicAddress address,
        MediaShelf shelf
    )
    {
        var cancellation = context.RequestAborted;
        if (!TryRead(number, out var phone, out var problem))
        {
            return SimulatorJson.BadRequest(problem);
        }
        (var json, problem) = await SimulatorJson.ReadAsync(context);
        if (problem is not null)
        {
            return SimulatorJson.BadRequest(problem);
        }
        var text = SimulatorJson.Text(json, "text", ref problem) ?? "";
        var to = SimulatorJson.Text(json, "to", ref problem);
        var files = Files(json, address, shelf, ref problem);
        problem ??=
            text.Length > LongestText ? $"text has at most {LongestText} characters."
            : text.Length == 0 && files.Count == 0
                ? "Say something in text, or name files in media."
            : null;
        var line = default(PhoneNumber);
        if (problem is null && to is not null && !TryRead(to, out line, out problem))
        {
            problem = "to: " + problem;
        }
        if (problem is null && to is null)
        {
            if (await directory.LineAsync(cancellation) is { } first)
            {
                line = first.Number;
            }
            else
            {
                problem = "The clinic has no line yet; name one in to.";
            }
        }
        if (problem is not null)
        {
            return SimulatorJson.BadRequest(problem);
        }
        var result = await handsets.SendAsync(phone.Digits, line.Digits, text, files, cancellation);
        return Results.Json(new { message_uuid = result.MessageUuid, status = result.Status });
    }

    private static List<PhoneFile> Files(
        JsonElement json,
        PublicAddress address,
        MediaShelf shelf,
        ref string? problem
    )
    {
        var files = new List<PhoneFile>();
        if (!JsonText.TryFind(json, "media"u8, out var media))
        {
            return files;
        }
        if (media.ValueKind is not JsonValueKind.Array || media.GetArrayLength() > MostFiles)
        {
            problem ??= $"media is a list of at most {MostFiles} addresses.";
            return files;
        }
        foreach (var item in media.EnumerateArray())
        {
            if (
                item.ValueKind is not JsonValueKind.String
                || !Uri.TryCreate(address.Local, JsonText.Read(item), out var url)
                || url.Scheme is not ("http" or "https")
            )
            {
                problem ??= "Each of media is an http or https address.";
                return files;
            }
            files.Add(File(url, shelf));
        }
        return files;
    }

    private static PhoneFile File(Uri url, MediaShelf shelf)
    {
        var last = Uri.UnescapeDataString(url.Segments[^1]).Trim('/');
        return shelf.Find(last) is { } kept
            ? new PhoneFile(FileKinds.NameOf(kept.ContentType), url.AbsoluteUri, kept.Name)
            : new PhoneFile(FileKinds.NameOf(url), url.AbsoluteUri, last);
    }

    private static IResult Media(string id, MediaShelf shelf, HttpContext context)
    {
        if (shelf.Find(id) is not { } file)
        {
            return Results.NotFound();
        }
        // Whatever somebody put there is shown as a picture or a document, and is never run. In a sandbox Chromium shows
        // no PDF; its viewer runs nothing of ours.
        context.Response.Headers.ContentSecurityPolicy =
            file.ContentType == "application/pdf"
                ? "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
                : "default-src 'none'; sandbox";
        context.Response.Headers.CacheControl = "private, max-age=3600, immutable";
        return file.ContentType.Length > 0
            ? Results.Bytes(file.Bytes, file.ContentType)
            : Results.Bytes(file.Bytes, "application/octet-stream", file.Name);
    }

    /// <summary>A number with or without <c>+</c>, or as people write it in the US.</summary>
    private static bool TryRead(string text, out PhoneNumber number, out string problem)
    {
        problem = "";
        if (
            PhoneNumber.TryFromCarrier(text, out number)
            || PhoneNumber.TryParse(text, "US", out number, out var why)
        )
        {
            return true;
        }
        problem = why;
        return false;
    }

    private static object List(IEnumerable<PhoneMessage> messages) =>
        new
        {
            items = messages.Select(m => new
            {
                message_uuid = m.MessageUuid,
                client_ref = m.ClientRef,
                channel = m.Channel,
                from = m.FromClinic ? m.Line : m.Phone,
                to = m.FromClinic ? m.Phone : m.Line,
                text = m.Text,
                media = m.Files.Select(f => new
                {
                    type = f.Type,
                    url = f.Url,
                    name = f.Name,
                }),
                segments = m.Segments,
                state = m.State.ToString().ToLowerInvariant(),
                problem = m.Problem,
                at = m.At,
            }),
        };
}
