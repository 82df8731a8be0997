using System.Net.Http.Headers;
using System.Text.Json;
using Clinic.Inbox.Api;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Conversations;

/// <summary>The real app, a media host, and clients who send files.</summary>
internal sealed class AttachmentsApp : IAsyncDisposable
{
    private int _phones;

    private AttachmentsApp(InboxApp inbox, MediaHost media) => (Inbox, Media) = (inbox, media);

    public InboxApp Inbox { get; }
    public MediaHost Media { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<AttachmentsApp> StartAsync(
        Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? adjust = null,
        params (string Key, string Value)[] settings
    ) =>
        new(await InboxApp.StartAsync(demo: false, adjust, settings), await MediaHost.StartAsync());

    /// <summary>An MMS from a phone of its own with one file at <paramref name="url"/>; the stored message's id.</summary>
    public async Task<Id<Message>> ReceiveAsync(
        string? url,
        string name = "paw.jpg",
        string caption = "His paw",
        string? uuid = null
    )
    {
        uuid ??= Guid.NewGuid().ToString();
        var from = "1415555" + (1000 + Interlocked.Increment(ref _phones));
        using var answer = await Inbox.PostWebhookAsync(
            "inbound",
            JsonSerializer.Serialize(
                new
                {
                    channel = "mms",
                    message_uuid = uuid,
                    to = InboxApp.Line,
                    from,
                    timestamp = Inbox.Clock.GetUtcNow().ToString("O"),
                    message_type = "image",
                    image = new
                    {
                        url,
                        name,
                        caption,
                    },
                }
            )
        );
        answer.EnsureSuccessStatusCode();
        return (await MessageAsync(m => m.CarrierId == uuid)).Id;
    }

    public Task<Message> MessageAsync(Id<Message> id) => MessageAsync(m => m.Id == id);

    private async Task<Message> MessageAsync(
        System.Linq.Expressions.Expression<Func<Message, bool>> which
    )
    {
        await using var db = Inbox.Db();
        return await db
            .Messages.AsNoTracking()
            .Include(m => m.Attachments)
            .SingleAsync(which, Cancellation);
    }

    /// <summary>The message's only file, as soon as it is in that state.</summary>
    public async Task<Attachment> FileAsync(Id<Message> message, AttachmentState state) =>
        await Eventually.GetAsync(
            async () =>
            {
                var file = (await MessageAsync(message)).Attachments.Single();
                return file.State == state ? file : null;
            },
            $"the file is {state}"
        );

    public async Task<Attachment> StoredAsync(byte[] content, string name = "paw.jpg") =>
        await FileAsync(await ReceiveAsync(Media.Serve(content), name), AttachmentState.Stored);

    /// <summary>Moves the demo clock, and lets the worker look at once.</summary>
    public void Advance(TimeSpan by)
    {
        Inbox.Clock.Advance(by);
        Inbox.Get<AttachmentSignal>().Wake();
    }

    public string[] FilesOnDisk() =>
        Directory.Exists(Path.Combine(Inbox.Folder, "attachments"))
            ? Directory.GetFiles(
                Path.Combine(Inbox.Folder, "attachments"),
                "*",
                SearchOption.AllDirectories
            )
            : [];

    /// <summary>A program with an API key of that scope.</summary>
    public async Task<HttpClient> ProgramAsync(string scope = ApiScopes.Read)
    {
        var key = await Inbox
            .Get<ApiKeys>()
            .CreateAsync("test", [scope], Actor.System, Cancellation);
        return new HttpClient
        {
            BaseAddress = Inbox.Address,
            DefaultRequestHeaders =
            {
                Authorization = new AuthenticationHeaderValue("Bearer", key.Secret),
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Inbox.DisposeAsync();
        await Media.DisposeAsync();
    }
}
