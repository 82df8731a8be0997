using System.Collections.Concurrent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Keeping;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Conversations;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Keeping;

/// <summary>
/// The command as an operator runs it, beside a clinic that works, and back into another one. With
/// <c>INBOX_BACKUP_TEXTS</c> as many texts stand in it as it says.
/// </summary>
public sealed class BackupTests
{
    private static readonly int Texts = int.TryParse(
        Environment.GetEnvironmentVariable("INBOX_BACKUP_TEXTS"),
        out var wanted
    )
        ? wanted
        : 300;

    /// <summary>So many that copying them takes as long as a few more take to come.</summary>
    private const int Photos = 20;

    private static readonly Actor Alex = new("alex", "Alex Morgan");
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Kinds => [.. Enum.GetValues<DatabaseKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_was_answered_comes_back_as_it_was_though_more_poured_in(
        DatabaseKind kind
    )
    {
        using var place = new BackupPlace();
        var working = await place.ClinicAsync(kind, "working");
        string[] certain;
        Kept before;
        await using (var clinic = await AttachmentsApp.StartAsync(settings: working))
        {
            var app = clinic.Inbox;
            await app.Get<RetentionBook>().ChooseAsync(84, Alex, Cancellation);
            var boss = await app.UserAsync(Roles.Administrator);
            var photo = await clinic.StoredAsync(SampleFiles.Jpeg(400, 300));
            using var first = await app.ReceiveAsync("14155550199", "Zwieback for Bella");
            using var enough = new CancellationTokenSource();
            var answered = new ConcurrentQueue<string>();
            var photos = new ConcurrentQueue<Id<Attachment>>();
            var pouring = Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(lane => PourAsync(app, lane, answered, enough.Token))
                    .Append(PourPhotosAsync(clinic, photos, enough.Token))
                    .Append(PourPhotosAsync(clinic, photos, enough.Token))
            );
            await Eventually.IsTrueAsync(
                () => Task.FromResult(answered.Count >= Texts && photos.Count >= Photos),
                "texts and photos pour in"
            );
            certain = [.. answered];
            var known = photos.Count;

            var (exit, said) = await CommandProcess.RunAsync(working, "backup", place.Backup);

            var during = (Texts: answered.Count - certain.Length, Photos: photos.Count - known);
            await enough.CancelAsync();
            await pouring;
            Assert.True(exit == 0, said);
            Assert.True(
                during is { Texts: > 0, Photos: > 0 },
                "Nobody waited for the backup, and texts and photos came in meanwhile."
            );
            before = await Kept.OfAsync(app, boss, photo.Id);
        }
        BackupPlace.LetGo();

        var elsewhere = await place.ClinicAsync(kind, "restored");
        var (restored, told) = await CommandProcess.RunAsync(elsewhere, "restore", place.Backup);

        Assert.True(restored == 0, told);
        Assert.Contains("There was no former database", told, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.GetFiles(place.PathOf("restored")),
            path => path.Contains(DatabaseSettings.Restoring, StringComparison.Ordinal)
        );
        await using var again = await InboxApp.StartAsync(settings: elsewhere);
        // The keys that seal cookies came along, and the cookies of then open nothing: their session may have been ended since.
        using var sameBoss = new DeskUser(again.Address, before.Boss.User, before.Boss.Cookie);
        using var turnedAway = await sameBoss.Http.GetAsync("settings", Cancellation);
        Assert.Equal("/account/sign-in", turnedAway.RequestMessage!.RequestUri!.AbsolutePath);
        using var anew = await again.SignedInAsync(before.Boss.User.Email!);
        var after = await Kept.OfAsync(again, anew, before.PhotoId);
        Assert.NotEmpty(before.Keys);
        Assert.Subset(after.Keys, before.Keys);
        await EveryFileIsThereAsync(again, place.PathOf("working"));
        Assert.All(certain, uuid => Assert.Contains(uuid, after.Texts.Keys));
        Assert.All(after.Texts, text => Assert.Equal(before.Texts[text.Key], text.Value));
        Assert.Subset(before.Rows, after.Rows);
        Assert.Equal(kind == DatabaseKind.Sqlite, after.Rows.Count > 0);
        Assert.Equal(before.Photo, after.Photo);
        Assert.Equal(before.Thumbnail, after.Thumbnail);
        Assert.Equal(84, (await again.Get<RetentionBook>().ReadAsync(Cancellation)).Months);
        using var api = await again.ApiClientAsync("read");
        var found = await api.GetAsync("conversations?q=zwieback");
        Assert.Equal(1, found.GetProperty("items").GetArrayLength());
        before.Boss.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_waited_to_be_sent_then_is_not_sent_again_by_itself(DatabaseKind kind)
    {
        using var place = new BackupPlace();
        await using var walk = Walk.On(kind);
        var phone = await walk.SceneAsync();
        await phone.HearsAsync("Is Bella ready?");
        await PauseAllAsync(walk.App);
        var answer = await phone.AnswersAsync("She is.");
        var reminder = await PlanAsync(phone);
        await walk.App.Get<BackupMaker>().MakeAsync(place.Backup, Cancellation);
        await phone.ResumesAsync();
        await phone.UntilAsync(answer, MessageState.Sent);
        await walk.StopAsync();
        BackupPlace.LetGo();

        var (exit, said) = await CommandProcess.RunAsync(
            [.. walk.Settings!, ("Storage:Path", place.PathOf("attachments"))],
            "restore",
            place.Backup,
            "--replace"
        );

        Assert.True(exit == 0, said);
        await walk.StartAsync();
        var held = await phone.MessageAsync(answer);
        Assert.Equal(
            (MessageState.Unconfirmed, RestoredClinic.MayHaveLeft),
            (held.State, held.Error)
        );
        await using (var db = walk.App.Db())
        {
            var missed = await db.PlannedReminders.SingleAsync(p => p.Id == reminder, Cancellation);
            Assert.Equal(
                (ReminderState.Missed, RestoredClinic.MayHaveReminded),
                (missed.State, missed.Reason)
            );
        }
        // The line works, and had the other one before this.
        await phone.ResumesAsync();
        await phone.UntilAsync(await phone.AnswersAsync("Come at five."), MessageState.Sent);
        Assert.Single(
            phone.Carried,
            text => text.Text.StartsWith("She is.", StringComparison.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_was_deleted_after_it_was_made_stays_deleted(DatabaseKind kind)
    {
        using var place = new BackupPlace();
        var settings = await place.ClinicAsync(kind, "clinic");
        var lateId = Guid.NewGuid().ToString();
        string? goneId = null;
        object stop;
        await using (var app = await InboxApp.StartAsync(settings: settings))
        {
            using var one = await app.ReceiveAsync("14155550134", "TEXT-MARK-7F3A");
            using var other = await app.ReceiveAsync("14155550135", "TEXT-MARK-KEPT");
            await app.Get<BackupMaker>().MakeAsync(place.Backup, Cancellation);
            using var late = await app.ReceiveAsync("14155550136", "TEXT-MARK-LATE", lateId);
            foreach (var mark in (string[])["TEXT-MARK-7F3A", "TEXT-MARK-LATE"])
            {
                await using var db = app.Db();
                var gone = await db.Messages.SingleAsync(m => m.Text == mark, Cancellation);
                goneId ??= gone.CarrierId;
                await app.Get<DeletingConversations>()
                    .DeleteAsync(gone.ConversationId!.Value, Alex, Cancellation);
            }
            foreach (
                var (from, text) in ((string, string)[])
                    [("14155550137", "STOP"), ("14155550138", "STOP"), ("14155550138", "START")]
            )
            {
                using var said = await app.ReceiveAsync(from, text);
            }
            stop = await OptOutOfAsync(app, "14155550137");
        }
        BackupPlace.LetGo();

        var (refused, why) = await CommandProcess.RunAsync(settings, "restore", place.Backup);
        var (exit, told) = await CommandProcess.RunAsync(
            settings,
            "restore",
            place.Backup,
            "--replace"
        );

        Assert.Equal(1, refused);
        Assert.Contains("--replace", why, StringComparison.Ordinal);
        Assert.True(exit == 0, told);
        Assert.Contains("1 conversations that were deleted since", told, StringComparison.Ordinal);
        Assert.Contains("1 numbers that opted out since", told, StringComparison.Ordinal);
        Assert.Contains("The former database is kept", told, StringComparison.Ordinal);
        if (kind == DatabaseKind.Sqlite)
        {
            Assert.NotEmpty(BackupPlace.Find(place.Backup, "TEXT-MARK-7F3A"));
            Assert.Empty(BackupPlace.Find(place.PathOf("clinic"), "TEXT-MARK-7F3A"));
        }
        await using var again = await InboxApp.StartAsync(settings: settings);
        // Who caught their webhooks, or the carrier, sends them once more.
        using var replayed = await again.ReceiveAsync("14155550134", "TEXT-MARK-7F3A", goneId);
        using var replayedLate = await again.ReceiveAsync("14155550136", "TEXT-MARK-LATE", lateId);
        Assert.True(replayed.IsSuccessStatusCode && replayedLate.IsSuccessStatusCode);
        await using var restored = again.Db();
        Assert.Equal("TEXT-MARK-KEPT", (await restored.Messages.SingleAsync(Cancellation)).Text);
        Assert.Equal(stop, await OptOutOfAsync(again, "14155550137"));
        Assert.Equal(
            1,
            await restored.NumberStandings.CountAsync(n => n.OptedOutAt != null, Cancellation)
        );
        Assert.True(
            await restored.Audit.AnyAsync(a => a.Action == "backup.restored", Cancellation)
        );
    }

    private static async Task PourAsync(
        InboxApp app,
        int lane,
        ConcurrentQueue<string> answered,
        CancellationToken enough
    )
    {
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            var uuid = Guid.NewGuid().ToString();
            using var answer = await app.ReceiveAsync(
                "1415555" + ((1000 * (lane + 1)) + (i % 40)),
                $"Text {i} of {lane}",
                uuid
            );
            if (answer.IsSuccessStatusCode)
            {
                answered.Enqueue(uuid);
            }
        }
    }

    private static async Task PourPhotosAsync(
        AttachmentsApp clinic,
        ConcurrentQueue<Id<Attachment>> photos,
        CancellationToken enough
    )
    {
        var address = clinic.Media.Serve(SampleFiles.Jpeg(400, 300));
        while (!enough.IsCancellationRequested)
        {
            var message = await clinic.ReceiveAsync(address);
            photos.Enqueue((await clinic.FileAsync(message, AttachmentState.Stored)).Id);
        }
    }

    /// <summary>Whatever the restored database calls stored lies there, with the bytes that it had.</summary>
    private static async Task EveryFileIsThereAsync(InboxApp restored, string working)
    {
        var store = restored.Get<AttachmentStore>();
        await using var db = restored.Db();
        var stored = await db
            .Attachments.AsNoTracking()
            .Where(a => a.State == AttachmentState.Stored)
            .ToListAsync(Cancellation);
        Assert.True(stored.Count > Photos);
        foreach (var file in stored)
        {
            Assert.True(file.HasThumbnail);
            foreach (var path in (string[])[store.PathOf(file.Id), store.ThumbnailPathOf(file.Id)])
            {
                var was = Path.Combine(
                    working,
                    "attachments",
                    Path.GetRelativePath(store.Root, path)
                );
                Assert.Equal(
                    await PrivateFolder.HashAsync(was, Cancellation),
                    await PrivateFolder.HashAsync(path, Cancellation)
                );
            }
        }
    }

    /// <summary>The number's one opt-out, as it was said.</summary>
    private static async Task<object> OptOutOfAsync(InboxApp app, string digits)
    {
        PhoneNumber.TryFromCarrier(digits, out var number);
        await using var db = app.Db();
        var optOut = await db.OptOutRecords.SingleAsync(o => o.Number == number, Cancellation);
        return (optOut.OptedOut, optOut.At, optOut.Source, optOut.By);
    }

    private static async Task PauseAllAsync(InboxApp app)
    {
        await using var db = app.Db();
        foreach (var line in await db.Lines.ToListAsync(Cancellation))
        {
            line.Pause("Test");
        }
        await db.SaveChangesAsync(Cancellation);
    }

    /// <summary>A reminder that is due and held, since no line sends.</summary>
    private static async Task<Id<PlannedReminder>> PlanAsync(Scene phone)
    {
        var client = await phone.ClientAsync("Alice", "Liddell", consents: true);
        var id = Id<PlannedReminder>.New(phone.Now);
        await using var db = phone.App.Db();
        db.PlannedReminders.Add(
            new PlannedReminder(
                id,
                "test/" + id,
                ReminderKind.Medical,
                client.Id,
                patientId: null,
                DateOnly.FromDateTime(phone.Now.UtcDateTime),
                phone.Now.AddMinutes(-1),
                phone.Now.AddHours(2)
            )
        );
        await db.SaveChangesAsync(Cancellation);
        return id;
    }

    /// <summary>What a clinic has, as its database and its pages say.</summary>
    /// <param name="Texts">By the carrier's id.</param>
    /// <param name="Rows">Row numbers with their text's id, which the search goes by; empty on PostgreSQL.</param>
    private sealed record Kept(
        IReadOnlyDictionary<string, string> Texts,
        HashSet<string> Rows,
        DeskUser Boss,
        Id<Attachment> PhotoId,
        byte[] Photo,
        byte[] Thumbnail,
        HashSet<string> Keys
    )
    {
        public static async Task<Kept> OfAsync(InboxApp app, DeskUser boss, Id<Attachment> photo)
        {
            await using var db = app.Db();
            var texts = await db
                .Messages.AsNoTracking()
                .Where(m => m.Direction == MessageDirection.Inbound)
                .ToListAsync(Cancellation);
            var rows = db.Database.IsSqlite()
                ? await db
                    .Database.SqlQueryRaw<string>(
                        "SELECT rowid || ' ' || \"Id\" AS \"Value\" FROM \"Messages\""
                    )
                    .ToListAsync(Cancellation)
                : [];
            return new Kept(
                texts.ToDictionary(
                    m => m.CarrierId!,
                    m => $"{m.Id} {m.ConversationId} {m.Number} {Micros.Of(m.At)} {m.Text}",
                    StringComparer.Ordinal
                ),
                [.. rows],
                boss,
                photo,
                await boss.Http.GetByteArrayAsync($"attachments/{photo}", Cancellation),
                await boss.Http.GetByteArrayAsync($"attachments/{photo}/thumbnail", Cancellation),
                [.. await db.DataProtectionKeys.Select(k => k.Xml!).ToListAsync(Cancellation)]
            );
        }
    }
}
