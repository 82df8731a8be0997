using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Conversations;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Keeping;

/// <summary>Where a deleted conversation could live on beside its own rows; more of it in <see cref="DeletingBytesTests"/>.</summary>
public sealed class DeletedForGoodTests
{
    private const string Mark = "TEXT-MARK-7F3A";
    private static readonly Actor Sam = new("sam", "Sam");
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_alert_that_quotes_it_goes_with_it_whether_it_was_sent_or_waits()
    {
        await using var app = await InboxApp.StartAsync(
            settings:
            [
                ("Email:Host", "127.0.0.1"),
                ("Email:Port", AppProcess.FreePort().ToString(CultureInfo.InvariantCulture)),
                ("Logging:LogLevel:Clinic.Inbox.AfterHours", "Critical"),
            ]
        );
        using var priya = await app.UserAsync();
        await QuoteInAlertsAsync(app, priya.User.Id);
        using var one = await app.ReceiveAsync("14155550134", Mark);
        using var other = await app.ReceiveAsync("14155550135", "TEXT-MARK-KEPT");
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = app.Db();
                return await db.OutgoingEmails.AllAsync(e => e.Attempts > 0, Cancellation)
                    && await db.OutgoingEmails.CountAsync(Cancellation) == 2;
            },
            "both alerts were tried"
        );

        await DeleteAsync(app, Mark);

        Assert.Empty(BackupPlace.Find(app.Folder, Mark));
        await using var after = app.Db();
        Assert.Contains(
            "TEXT-MARK-KEPT",
            (await after.OutgoingEmails.SingleAsync(Cancellation)).Body,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_picture_and_its_thumbnail_leave_no_byte_behind()
    {
        await using var clinic = await AttachmentsApp.StartAsync();
        var app = clinic.Inbox;
        var photo = await clinic.StoredAsync(SampleFiles.NoisyPng(300, 200));
        Assert.True(photo.HasThumbnail);
        var store = app.Get<AttachmentStore>();
        var pieces = new[] { store.PathOf(photo.Id), store.ThumbnailPathOf(photo.Id) }
            .Select(path => File.ReadAllBytes(path))
            .Select(bytes => bytes[(bytes.Length / 2)..((bytes.Length / 2) + 24)])
            .ToList();
        Assert.All(pieces, piece => Assert.True(IsIn(app.Folder, piece)));

        await DeleteAsync(app, "His paw");

        Assert.All(pieces, piece => Assert.False(IsIn(app.Folder, piece)));
    }

    [Fact]
    public async Task A_process_that_is_killed_right_after_it_answered_leaves_nothing_either()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var phone = await walk.SceneAsync();
        var row = await phone.HearsAsync(Mark);
        using var api = await walk.App.ApiClientAsync("manage");
        var folder = Path.GetDirectoryName(walk.App.Get<DatabaseSettings>().SqliteFile)!;
        await walk.StopAsync();
        using var process = await AppProcess.StartReadyAsync(walk);
        Assert.NotEmpty(BackupPlace.Find(folder, Mark));
        using var request = new HttpRequestMessage(
            HttpMethod.Delete,
            $"api/v1/conversations/{row.Id}"
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", api.Key);

        using var answer = await process.Http.SendAsync(request, Cancellation);
        process.Kill();

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Empty(BackupPlace.Find(folder, Mark));
    }

    [Fact]
    public async Task A_process_that_is_killed_before_the_picture_is_gone_removes_it_at_its_next_start()
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(DatabaseKind.Sqlite, "clinic");
        Id<Conversation> id;
        Dictionary<string, byte[]> files;
        string key;
        await using (var clinic = await AttachmentsApp.StartAsync(settings: settings))
        {
            var message = await clinic.ReceiveAsync(
                clinic.Media.Serve(SampleFiles.NoisyPng(300, 200)),
                caption: Mark
            );
            var photo = await clinic.FileAsync(message, AttachmentState.Stored);
            var store = clinic.Inbox.Get<AttachmentStore>();
            files = new[] { store.PathOf(photo.Id), store.ThumbnailPathOf(photo.Id) }.ToDictionary(
                path => path,
                File.ReadAllBytes,
                StringComparer.Ordinal
            );
            id = (await clinic.MessageAsync(message)).ConversationId!.Value;
            using var api = await clinic.Inbox.ApiClientAsync("manage");
            key = api.Key;
        }
        BackupPlace.LetGo();
        using (var process = AppProcess.Start(settings))
        {
            await process.UntilReadyAsync();
            Assert.NotEmpty(BackupPlace.Find(place.PathOf("clinic"), Mark));
            using var request = new HttpRequestMessage(
                HttpMethod.Delete,
                $"api/v1/conversations/{id}"
            );
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var answer = await process.Http.SendAsync(request, Cancellation);
            process.Kill();
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }
        Assert.DoesNotContain(files.Keys, File.Exists);
        // As they are when the kill comes between the commit and their removal.
        foreach (var (path, bytes) in files)
        {
            await File.WriteAllBytesAsync(path, bytes, Cancellation);
        }

        using var again = AppProcess.Start(settings);

        await Eventually.IsTrueAsync(
            () => Task.FromResult(!files.Keys.Any(File.Exists)),
            "the picture and its thumbnail are gone"
        );
        again.Kill();
        Assert.Empty(BackupPlace.Find(place.PathOf("clinic"), Mark));
    }

    private static async Task DeleteAsync(InboxApp app, string text)
    {
        await using var db = app.Db();
        var message = await db.Messages.SingleAsync(m => m.Text == text, Cancellation);
        Assert.Equal(
            DeskResult.Done,
            await app.Get<DeletingConversations>()
                .DeleteAsync(message.ConversationId!.Value, Sam, Cancellation)
        );
    }

    /// <summary>Never open, and the clinic wants the text in the alert.</summary>
    private static async Task QuoteInAlertsAsync(InboxApp app, string userId)
    {
        await app.Get<HoursBook>()
            .SaveWeekAsync(
                new WeeklyHours(new Dictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>>()),
                Sam,
                Cancellation
            );
        Assert.Null(
            await app.Get<AfterHoursBook>()
                .SaveAsync(
                    new AfterHoursSettings(AutoResponse: false, [userId], AlertQuotesText: true),
                    Sam,
                    Cancellation
                )
        );
    }

    private static bool IsIn(string folder, byte[] piece) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Any(path => BackupPlace.Read(path).AsSpan().IndexOf(piece) >= 0);
}
