using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.ConsentPages;

public sealed class OptInOnSqliteTests(SqliteWalk walk)
    : OptInTests(walk),
        IClassFixture<SqliteWalk>;

public sealed class OptInOnPostgresTests(PostgresWalk walk)
    : OptInTests(walk),
        IClassFixture<PostgresWalk>;

/// <summary>From the public form to consent on record: only the phone's own YES makes it.</summary>
public abstract class OptInTests(Walk walk)
{
    private const string Asks = "Reply YES to get texts from us";
    private const string Thanks = "Thank you, you will get our texts";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_yes_to_the_one_text_is_consent_on_record_of_a_new_client()
    {
        var phone = await PhoneAsync();
        await AskAsync(phone, "Ana Maria Cole", marketing: true);
        await phone.UntilCarriedAsync(1);
        Assert.Contains(Asks, phone.Carried[0].Text, StringComparison.Ordinal);
        Assert.Empty(await ConsentsAsync(phone));
        Assert.Equal("noConsent", await CodeAsync(phone));

        await phone.HearsAsync("Yes please");

        await phone.UntilCarriedAsync(2);
        Assert.Contains(Thanks, phone.Carried[1].Text, StringComparison.Ordinal);
        var client = Assert.Single(await OwnersAsync(phone));
        Assert.Equal(("Ana Maria", "Cole"), (client.FirstName, client.LastName));
        Assert.Contains("online form", client.PopUpNote, StringComparison.Ordinal);
        var consents = await ConsentsAsync(phone);
        Assert.Equal(
            [ConsentCategory.Transactional, ConsentCategory.Marketing],
            consents.Select(c => c.Category).Order()
        );
        Assert.All(
            consents,
            c =>
            {
                Assert.Equal(
                    (ConsentAction.Granted, ConsentMethod.OnlineForm, "Ana Maria Cole"),
                    (c.Action, c.Method, c.By)
                );
                Assert.Contains(
                    "not a condition of any purchase",
                    c.Terms,
                    StringComparison.Ordinal
                );
                Assert.Contains("Ticked: “Yes, text me", c.Terms, StringComparison.Ordinal);
                Assert.Contains("Replied by text: “Yes please”", c.Terms, StringComparison.Ordinal);
            }
        );
        var thread = await phone.ThreadAsync();
        Assert.Contains(Asks, thread[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("Consent recorded:", thread[1].Note, StringComparison.Ordinal);
        Assert.Equal("Ana Maria Cole", (await phone.RowAsync()).ClientName);
        var sent = await phone.MessageAsync(await phone.RemindsAsync("Bella is due."));
        Assert.Contains(sent.ConsentId!.Value, consents.Select(c => c.Id));
        Assert.StartsWith("Under consent of", sent.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_ticked_is_not_agreed_to()
    {
        var phone = await PhoneAsync();
        await AskAsync(phone, "Ana Cole", marketing: false);
        await phone.UntilCarriedAsync(1);

        await phone.HearsAsync("YES");

        Assert.Equal(
            ConsentCategory.Transactional,
            Assert.Single(await ConsentsAsync(phone)).Category
        );
    }

    [Fact]
    public async Task A_known_client_is_recognised_by_the_number_whatever_name_was_entered()
    {
        var phone = await PhoneAsync();
        var client = await phone.ClientAsync("Anastasia", "Cole-Ruiz");
        await AskAsync(phone, "Ana Cole");
        await phone.UntilCarriedAsync(1);

        await phone.HearsAsync("Y");

        Assert.Equal(client.Id, Assert.Single(await OwnersAsync(phone)).Id);
        Assert.Equal("Ana Cole", Assert.Single(await ConsentsAsync(phone)).By);
    }

    [Fact]
    public async Task Of_two_who_share_the_number_the_one_of_that_name_agreed()
    {
        var phone = await PhoneAsync();
        await phone.ClientAsync("Juan", "Ruiz");
        var maria = await phone.ClientAsync("Maria", "Ruiz");
        await AskAsync(phone, "maria ruiz");
        await phone.UntilCarriedAsync(1);

        await phone.HearsAsync("yes");

        Assert.Equal(maria.Id, Assert.Single(await ConsentsAsync(phone)).ClientId);
    }

    [Fact]
    public async Task Of_two_who_share_the_number_and_bear_another_name_staff_say_who_it_is()
    {
        var phone = await PhoneAsync();
        await phone.ClientAsync("Juan", "Ruiz");
        await phone.ClientAsync("Maria", "Ruiz");
        await AskAsync(phone, "M. Ruiz");
        await phone.UntilCarriedAsync(1);

        await phone.HearsAsync("yes");

        Assert.Empty(await ConsentsAsync(phone));
        Assert.Equal(2, (await OwnersAsync(phone)).Count);
        var note = (await phone.ThreadAsync())[^1].Note;
        Assert.Contains("several clients have this number", note, StringComparison.Ordinal);
        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);
    }

    [Theory]
    [InlineData("C")]
    [InlineData("Confirm")]
    [InlineData("👍")]
    [InlineData("No thanks")]
    [InlineData("Yes, when do you open?")]
    public async Task Nothing_but_a_plain_yes_is_a_yes(string reply)
    {
        var phone = await PhoneAsync();
        await AskAsync(phone, "Ana Cole");
        await phone.UntilCarriedAsync(1);

        await phone.HearsAsync(reply);

        Assert.Empty(await ConsentsAsync(phone));
        Assert.Empty(await OwnersAsync(phone));
    }

    [Fact]
    public async Task A_second_yes_changes_nothing_and_is_not_thanked_again()
    {
        var phone = await PhoneAsync();
        await AskAsync(phone, "Ana Cole");
        await phone.UntilCarriedAsync(1);

        await Task.WhenAll(phone.TextsAsync("Yes"), phone.TextsAsync("Yes"));
        await phone.HearsAsync("YES");

        await phone.UntilCarriedAsync(2);
        await phone.UntilQuietAsync();
        Assert.Equal(2, phone.Carried.Count);
        Assert.Single(await ConsentsAsync(phone));
        Assert.Single(await OwnersAsync(phone));
    }

    [Fact]
    public async Task After_a_day_a_yes_is_a_text_like_any_other()
    {
        var phone = await PhoneAsync();
        await AskAsync(phone, "Ana Cole");
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        await using (var db = phone.App.Db())
        {
            var passed = phone.Now.AddMinutes(-1);
            await db
                .OptInRequests.Where(r => r.Number == phone.Number)
                .ExecuteUpdateAsync(r => r.SetProperty(x => x.ExpiresAt, passed), Cancellation);
        }

        await phone.HearsAsync("YES");

        Assert.Empty(await ConsentsAsync(phone));
        Assert.Null((await phone.ThreadAsync())[^1].Note);
    }

    [Fact]
    public async Task After_a_stop_only_start_counts()
    {
        var phone = await PhoneAsync();
        await AskAsync(phone, "Ana Cole");
        await phone.UntilCarriedAsync(1);

        await phone.HearsAsync("STOP");
        await phone.HearsAsync("YES");
        Assert.Empty(await ConsentsAsync(phone));
        Assert.True((await phone.StandingAsync())!.IsOptedOut);

        await phone.HearsAsync("START");
        await phone.HearsAsync("YES");
        Assert.Empty(await ConsentsAsync(phone));
    }

    [Fact]
    public async Task A_number_that_opted_out_is_never_asked_and_nothing_of_the_form_is_kept()
    {
        var phone = await PhoneAsync();
        await phone.HearsAsync("STOP");
        await phone.UntilCarriedAsync(1);

        Assert.IsType<OptInResult.Taken>(await AskAsync(phone, "Ana Cole"));

        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);
        await using var db = phone.App.Db();
        Assert.False(await db.OptInRequests.AnyAsync(r => r.Number == phone.Number, Cancellation));
    }

    [Fact]
    public async Task A_number_is_asked_once_a_day_however_often_it_is_entered()
    {
        var phone = await PhoneAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(i => AskAsync(phone, $"Ana Cole {i}"))
        );

        Assert.All(answers, answer => Assert.IsType<OptInResult.Taken>(answer));
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        Assert.Single(phone.Carried);
    }

    [Fact]
    public async Task A_question_of_staff_in_between_is_what_a_yes_may_answer_too()
    {
        var phone = await PhoneAsync();
        await AskAsync(phone, "Ana Cole");
        await phone.UntilCarriedAsync(1);
        await phone.HearsAsync("Hello, do you have time on Friday?");
        await phone.AnswersAsync("Yes. Shall I book 3 pm?");

        await phone.HearsAsync("yes");

        Assert.Empty(await ConsentsAsync(phone));
        Assert.Contains(
            "May answer the question for consent of Ana Cole",
            (await phone.ThreadAsync())[^1].Note,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Staff_ask_in_a_conversation_and_a_yes_is_consent_by_text()
    {
        var phone = await PhoneAsync();
        var client = await phone.ClientAsync("Ana", "Cole");
        var row = await phone.HearsAsync("Can you remind me next year?");
        var asking = phone.App.Get<ConsentAsking>();

        Assert.Null(await asking.AskAsync(row.Id, Scene.Receptionist, Cancellation));
        Assert.NotNull(await asking.AskAsync(row.Id, Scene.Receptionist, Cancellation));
        await phone.UntilCarriedAsync(1);
        Assert.Contains("Reply YES to agree.", phone.Carried[0].Text, StringComparison.Ordinal);
        Assert.Equal("noConsent", await CodeAsync(phone));
        await phone.HearsAsync("Yes");

        await phone.UntilCarriedAsync(2);
        var consent = Assert.Single(await ConsentsAsync(phone));
        Assert.Equal(
            (client.Id, ConsentCategory.Transactional, ConsentMethod.Text, "Ana Cole"),
            (consent.ClientId, consent.Category, consent.Method, consent.By)
        );
        Assert.Contains("Reply YES to agree.", consent.Terms, StringComparison.Ordinal);
        Assert.Contains("Replied by text: “Yes”", consent.Terms, StringComparison.Ordinal);
        Assert.IsType<EnqueueResult.Queued>(await phone.EnqueueAsync("Bella is due."));
    }

    [Fact]
    public async Task Whoever_has_not_texted_can_not_be_asked_by_text()
    {
        var phone = await PhoneAsync();
        var client = await phone.ClientAsync("Ana", "Cole");
        var (row, _) = await phone.Desk.StartAsync(
            phone.Line.Id,
            phone.Number,
            client.Id,
            Cancellation
        );

        var why = await phone
            .App.Get<ConsentAsking>()
            .AskAsync(row.Id, Scene.Receptionist, Cancellation);

        Assert.Contains("no consent on record", why, StringComparison.Ordinal);
        await using var db = phone.App.Db();
        Assert.False(await db.OptInRequests.AnyAsync(r => r.Number == phone.Number, Cancellation));
    }

    [Theory]
    [InlineData("+4915112345678")]
    [InlineData("+18765550134")]
    [InlineData("+19005550134")]
    [InlineData("+18005550134")]
    public async Task Numbers_abroad_and_dear_ones_are_answered_the_same_and_never_texted(
        string number
    )
    {
        var phone = await PhoneAsync();

        var result = await Desk(phone)
            .TakeAsync(await FormAsync(phone, "Ana", number), Cancellation);

        Assert.IsType<OptInResult.Taken>(result);
        await using var db = phone.App.Db();
        var value = PhoneNumber.FromStored(number);
        Assert.False(await db.OptInRequests.AnyAsync(r => r.Number == value, Cancellation));
        Assert.False(await db.Messages.AnyAsync(m => m.Number == value, Cancellation));
    }

    [Fact]
    public async Task The_clinics_own_line_is_not_texted()
    {
        var phone = await PhoneAsync();

        await Desk(phone)
            .TakeAsync(await FormAsync(phone, "Ana", phone.Line.Number.Value), Cancellation);

        await using var db = phone.App.Db();
        Assert.False(await db.Messages.AnyAsync(m => m.Number == phone.Line.Number, Cancellation));
    }

    [Fact]
    public async Task Words_that_were_changed_while_somebody_read_them_must_be_read_again()
    {
        var phone = await PhoneAsync();
        var form = await FormAsync(phone, "Ana", phone.Number.Value) with { Seal = "0123" };

        Assert.IsType<OptInResult.OtherWords>(await Desk(phone).TakeAsync(form, Cancellation));
        await phone.UntilQuietAsync();
        Assert.Empty(phone.Carried);
    }

    /// <summary>A phone on the line that reminders leave by.</summary>
    private async Task<Scene> PhoneAsync()
    {
        await walk.StartAsync();
        await using var db = walk.App.Db();
        var line = await db.Lines.OrderBy(l => l.CreatedAt).FirstAsync(Cancellation);
        return new Scene(walk, line, Walk.NewNumber());
    }

    private static OptInDesk Desk(Scene phone) => phone.App.Get<OptInDesk>();

    private static async Task<OptInForm> FormAsync(
        Scene phone,
        string name,
        string number,
        bool marketing = false
    ) =>
        new(
            name,
            number,
            Transactional: true,
            marketing,
            (await Desk(phone).OfferAsync(Cancellation)).Seal
        );

    private static async Task<OptInResult> AskAsync(
        Scene phone,
        string name,
        bool marketing = false
    ) =>
        await Desk(phone)
            .TakeAsync(await FormAsync(phone, name, phone.Number.Value, marketing), Cancellation);

    private static async Task<string> CodeAsync(Scene phone) =>
        Assert.IsType<EnqueueResult.Refused>(await phone.EnqueueAsync("Bella is due.")).Code;

    private static async Task<List<Client>> OwnersAsync(Scene phone)
    {
        await using var db = phone.App.Db();
        return await db
            .Clients.Where(c => c.Phones.Any(p => p.Number == phone.Number))
            .ToListAsync(Cancellation);
    }

    private static async Task<List<ConsentRecord>> ConsentsAsync(Scene phone)
    {
        var owners = (await OwnersAsync(phone)).ConvertAll(c => c.Id);
        await using var db = phone.App.Db();
        return await db
            .ConsentRecords.Where(c => owners.Contains(c.ClientId))
            .ToListAsync(Cancellation);
    }
}
