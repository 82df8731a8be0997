using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Demo;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Tests.Demo;

/// <summary>One demo clinic for all of these: none of them changes it.</summary>
public sealed class DemoClinic : IAsyncLifetime
{
    internal InboxApp App { get; private set; } = null!;

    /// <summary>What becomes due after this moment leaves as in any clinic: it was not filled in.</summary>
    internal DateTimeOffset Filled { get; private set; }

    public async ValueTask InitializeAsync()
    {
        App = await InboxApp.StartAsync(demo: true);
        Filled = App.Clock.GetUtcNow();
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class DemoSeedTests(DemoClinic clinic) : IClassFixture<DemoClinic>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_practice_is_there()
    {
        await using var db = clinic.App.Db();

        Assert.InRange(await db.Clients.CountAsync(Ct), 55, 70);
        Assert.InRange(await db.Patients.CountAsync(Ct), 90, 110);
        Assert.InRange(await db.Patients.CountAsync(p => p.Deceased, Ct), 2, 8);
        Assert.InRange(await db.Conversations.CountAsync(Ct), 25, 40);
        Assert.Equal(
            AppointmentType.Colors.Order(StringComparer.Ordinal),
            (await db.AppointmentTypes.Select(t => t.Color).Distinct().ToListAsync(Ct)).Order(
                StringComparer.Ordinal
            )
        );
        var profile = await db.ClinicProfiles.SingleAsync(Ct);
        Assert.Equal(
            ("Maple Grove Veterinary", "America/Chicago"),
            (profile.Name, profile.TimeZone)
        );
    }

    [Fact]
    public async Task Everybody_can_sign_in_with_the_password_that_is_printed()
    {
        await using var scope = clinic.App.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<InboxUser>>();

        foreach (var person in DemoSignIns.All)
        {
            var user = await users.FindByEmailAsync(person.Email);
            Assert.NotNull(user);
            Assert.Equal(person.Role, user.Role);
            Assert.True(await users.CheckPasswordAsync(user, DemoSignIns.Password));
        }
    }

    [Fact]
    public async Task Every_number_is_fictional_and_only_one_is_shared()
    {
        await using var db = clinic.App.Db();
        var phones = await db.ClientPhones.Select(p => p.Number).ToListAsync(Ct);
        var line = await db.Lines.SingleAsync(Ct);

        Assert.All(
            phones.Append(line.Number),
            number => Assert.Matches(@"^\+1[2-9]\d\d55501\d\d$", number.Value)
        );
        Assert.Equal(
            "+17735550171",
            Assert.Single(phones.CountBy(n => n), n => n.Value > 1).Key.Value
        );
        Assert.DoesNotContain(line.Number, phones);
    }

    [Fact]
    public async Task Nothing_is_left_that_would_be_sent()
    {
        await using var db = clinic.App.Db();

        Assert.False(
            await db.Messages.AnyAsync(
                m =>
                    m.At <= clinic.Filled
                    && (m.State == MessageState.Queued || m.State == MessageState.Sending),
                Ct
            )
        );
    }

    [Fact]
    public async Task Every_state_of_a_text_and_every_kind_of_conversation_is_there_to_see()
    {
        await using var db = clinic.App.Db();
        var messages = await db.Messages.Include(m => m.Attachments).ToListAsync(Ct);
        var conversations = await db.Conversations.ToListAsync(Ct);

        Assert.Superset(
            new HashSet<MessageState>
            {
                MessageState.Received,
                MessageState.Sent,
                MessageState.Delivered,
                MessageState.Failed,
                MessageState.Unconfirmed,
            },
            messages.Select(m => m.State).ToHashSet()
        );
        Assert.Superset(
            new HashSet<MessageKeyword>
            {
                MessageKeyword.OptOut,
                MessageKeyword.OptOutByCancel,
                MessageKeyword.WrongNumber,
                MessageKeyword.PossibleOptOut,
                MessageKeyword.OptIn,
                MessageKeyword.Help,
                MessageKeyword.Confirm,
                MessageKeyword.MentionsCancelling,
            },
            messages.Where(m => m.Keyword is not null).Select(m => m.Keyword!.Value).ToHashSet()
        );
        Assert.All(
            messages,
            m => Assert.Equal(m.State == MessageState.Failed, m.ErrorCode is not null)
        );
        Assert.Contains(conversations, c => c.Unread == 1);
        Assert.Contains(conversations, c => c.Unread > 1);
        Assert.Contains(conversations, c => c is { IsOpen: true, ClientId: null });
        Assert.Contains(conversations, c => c.AwaitsOptOutDecision);
        Assert.Contains(
            conversations.Where(c => !c.IsOpen),
            closed => conversations.Exists(c => c.IsOpen && c.Number == closed.Number)
        );
        Assert.Contains(messages, m => m.Attachments.Any(a => a.IsImage));
        Assert.Contains(messages, m => m.Attachments.Any(a => a.IsPdf));
        Assert.Contains(
            messages,
            m => m is { Kind: MessageKind.Reminder, ConversationId: not null }
        );
        Assert.Contains(
            messages.GroupBy(m => m.ConversationId),
            thread => thread.Key is not null && thread.Count() > 110
        );
    }

    [Fact]
    public async Task Each_row_of_the_inbox_says_what_its_thread_says()
    {
        await using var db = clinic.App.Db();

        foreach (var conversation in await db.Conversations.ToListAsync(Ct))
        {
            var last = await db
                .Messages.Where(m =>
                    m.ConversationId == conversation.Id && m.Kind != MessageKind.Reminder
                )
                .OrderByDescending(m => m.At)
                .FirstAsync(Ct);
            Assert.Equal(last.At, conversation.LastMessageAt);
            Assert.Equal(last.Direction == MessageDirection.Outbound, conversation.LastWasOurs);
            Assert.Equal(Conversation.PreviewOf(last.Text), conversation.Preview);
            Assert.True(conversation.LastMessageAt <= clinic.App.Clock.GetUtcNow());
        }
    }

    [Fact]
    public async Task Nothing_was_sent_without_consent_and_who_opted_out_is_out_everywhere()
    {
        await using var db = clinic.App.Db();
        var standings = await db.NumberStandings.ToDictionaryAsync(n => n.Number, Ct);
        var records = await db.OptOutRecords.OrderBy(r => r.At).ToListAsync(Ct);

        Assert.Contains(standings.Values, s => s.IsOptedOut);
        foreach (var number in records.GroupBy(r => r.Number))
        {
            Assert.Equal(number.Last().OptedOut, standings[number.Key].IsOptedOut);
        }
        foreach (var number in standings.Keys)
        {
            var owners = await db
                .ClientPhones.Where(p => p.Number == number)
                .Select(p => p.ClientId)
                .ToListAsync(Ct);
            var decision = await ConsentGate.DecideAsync(
                db,
                number,
                owners,
                Purpose.Conversation,
                Ct
            );
            Assert.Equal(standings[number].IsOptedOut ? GateDecision.OptedOut : "", decision.Code);
        }
    }

    [Fact]
    public async Task The_first_text_to_a_number_and_no_other_carries_its_instructions()
    {
        await using var db = clinic.App.Db();
        var sent = await db
            .Messages.Where(m =>
                m.Direction == MessageDirection.Outbound && m.Kind != MessageKind.System
            )
            .OrderBy(m => m.At)
            .ToListAsync(Ct);

        Assert.All(
            sent.GroupBy(m => m.Number),
            texts =>
                Assert.Equal(
                    [true, .. texts.Skip(1).Select(_ => false)],
                    texts.Select(m => m.Suffix is not null)
                )
        );
    }

    [Fact]
    public async Task Every_file_lies_in_storage_with_its_thumbnail()
    {
        var store = clinic.App.Get<AttachmentStore>();
        await using var db = clinic.App.Db();

        foreach (var file in await db.Attachments.ToListAsync(Ct))
        {
            Assert.Equal(file.Size, new FileInfo(store.PathOf(file.Id)).Length);
            Assert.Equal(file.HasThumbnail, File.Exists(store.ThumbnailPathOf(file.Id)));
            var bytes = await File.ReadAllBytesAsync(store.PathOf(file.Id), Ct);
            Assert.Equal(file.ContentType, FileDetection.Detect(bytes)?.ContentType);
        }
    }

    [Fact]
    public async Task Every_patients_photo_is_served()
    {
        await using var db = clinic.App.Db();
        var photos = await db
            .Patients.Where(p => p.PhotoPath != null)
            .Select(p => p.PhotoPath!)
            .Distinct()
            .ToListAsync(Ct);

        Assert.True(photos.Count > 15);
        foreach (var photo in photos)
        {
            using var answer = await clinic.App.Http.GetAsync(
                new Uri(clinic.App.Address, photo),
                Ct
            );
            Assert.True(answer.IsSuccessStatusCode, photo);
            Assert.Equal("image/svg+xml", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Nobody_is_in_two_rooms_at_once_and_nobody_came_before_the_hour()
    {
        await using var db = clinic.App.Db();
        var now = clinic.App.Clock.GetUtcNow();
        var book = await db.Appointments.OrderBy(a => a.StartsAt).ToListAsync(Ct);

        Assert.Contains(book, a => a.Status == AppointmentStatus.NoShow);
        Assert.Contains(book, a => a.Status == AppointmentStatus.Cancelled);
        Assert.All(
            book.Where(a => a.Status == AppointmentStatus.Arrived),
            a => Assert.True(a.StartsAt <= now)
        );
        foreach (
            var staff in book.Where(a => a.Status != AppointmentStatus.Cancelled)
                .GroupBy(a => a.Staff)
        )
        {
            Assert.All(
                staff.Zip(staff.Skip(1)),
                pair => Assert.True(pair.First.EndsAt <= pair.Second.StartsAt)
            );
        }
    }

    [Fact]
    public async Task Seeding_again_changes_nothing()
    {
        await using var scope = clinic.App.Services.CreateAsyncScope();
        await using var db = clinic.App.Db();
        var before = await db.Messages.CountAsync(m => m.At <= clinic.Filled, Ct);

        await DemoSeed.RunAsync(scope.ServiceProvider, Ct);

        Assert.Equal(before, await db.Messages.CountAsync(m => m.At <= clinic.Filled, Ct));
        Assert.Equal(3, await db.Users.CountAsync(Ct));
        Assert.Equal(1, await db.Lines.CountAsync(Ct));
    }
}
