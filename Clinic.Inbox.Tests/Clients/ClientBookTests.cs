using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using static Clinic.Inbox.Tests.Clients.ClinicFixture;

namespace Clinic.Inbox.Tests.Clients;

public sealed class ClientBookTests(ClinicFixture clinic) : IClassFixture<ClinicFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_client_is_kept_with_every_detail_and_the_numbers_in_their_order()
    {
        var draft = new ClientDraft
        {
            FirstName = "  Ana  Maria ",
            LastName = "Ruiz",
            Email = "ana@example.com",
            Address = "12 Elm St\r\nSpringfield",
            Phones =
            [
                new PhoneDraft("(415) 555-9001", PhoneType.Home),
                new PhoneDraft("+44 20 7946 0018", PhoneType.Work),
                new PhoneDraft("415.555.9002", PhoneType.Mobile),
            ],
            ReminderPreference = ReminderPreference.Email,
            Balance = -12.5m,
            Notes = "Prefers mornings",
        };

        var saved = Assert.IsType<ClientResult.Saved>(
            await clinic.Clients.CreateAsync(draft, Maya, Token)
        );

        Assert.True(saved.Created);
        var client = await clinic.Clients.FindAsync(saved.Client.Id, Token);
        Assert.NotNull(client);
        Assert.Equal("Ana Maria Ruiz", client.FullName);
        Assert.Equal("12 Elm St\nSpringfield", client.Address);
        Assert.Equal(
            ["+14155559001", "+442079460018", "+14155559002"],
            client.Phones.Select(p => p.Number.Value)
        );
        Assert.Equal("+14155559002", client.Mobile?.Value);
        Assert.Equal(-12.5m, client.Balance);
        Assert.Equal(ReminderPreference.Email, client.ReminderPreference);
    }

    [Fact]
    public async Task Changing_one_field_leaves_the_others()
    {
        var client = await clinic.AddAsync("Leo", "Marsh", NewNumber(), NewNumber());

        await clinic.Clients.UpdateAsync(
            client.Id,
            new ClientDraft { Email = "leo@example.com" },
            Maya,
            Token
        );

        var now = await clinic.Clients.FindAsync(client.Id, Token);
        Assert.Equal("leo@example.com", now?.Email);
        Assert.Equal("Leo Marsh", now?.FullName);
        Assert.Equal(client.Phones.Select(p => p.Number), now?.Phones.Select(p => p.Number));
    }

    [Fact]
    public async Task Numbers_are_added_removed_reordered_and_retyped_in_one_change()
    {
        var (first, second, third) = (NewNumber(), NewNumber(), NewNumber());
        var client = await clinic.AddAsync("Nina", "Ford", first, second);

        await clinic.Clients.UpdateAsync(
            client.Id,
            new ClientDraft
            {
                Phones =
                [
                    new PhoneDraft("+" + third, PhoneType.Mobile),
                    new PhoneDraft("+" + first, PhoneType.Home),
                ],
            },
            Maya,
            Token
        );

        var now = await clinic.Clients.FindAsync(client.Id, Token);
        Assert.Equal(
            [("+" + third, PhoneType.Mobile), ("+" + first, PhoneType.Home)],
            now!.Phones.Select(p => (p.Number.Value, p.Type))
        );
    }

    [Theory]
    [InlineData("call me 415-555-2671 pls", "letters")]
    [InlineData("(415) 555-0134 x12", "letters")]
    [InlineData("415-555-0134;ext=9", "letters")]
    [InlineData("12", "not a phone number")]
    [InlineData("+1 415 555 0134 415 555 0134 415 555 0134 4", "too long")]
    [InlineData("   ", "Enter a mobile number")]
    public async Task A_number_that_cannot_be_texted_is_refused_at_its_field(
        string number,
        string words
    )
    {
        var draft = new ClientDraft
        {
            FirstName = "Pat",
            Phones =
            [
                new PhoneDraft("+" + NewNumber(), PhoneType.Home),
                new PhoneDraft(number, PhoneType.Mobile),
            ],
        };

        var invalid = Assert.IsType<ClientResult.Invalid>(
            await clinic.Clients.CreateAsync(draft, Maya, Token)
        );

        var problem = Assert.Single(invalid.Problems);
        Assert.Equal("phones[1].number", problem.Field);
        Assert.Contains(words, problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_number_twice_in_one_profile_is_refused_however_it_is_written()
    {
        var draft = new ClientDraft
        {
            FirstName = "Pat",
            Phones =
            [
                new PhoneDraft("(415) 555-9100", PhoneType.Home),
                new PhoneDraft("+1 415 555 9100", PhoneType.Mobile),
            ],
        };

        var invalid = Assert.IsType<ClientResult.Invalid>(
            await clinic.Clients.CreateAsync(draft, Maya, Token)
        );

        Assert.Equal("phones[1].number", invalid.Field);
    }

    [Fact]
    public async Task Everything_that_is_too_long_or_wrong_is_named_at_once_and_nothing_is_written()
    {
        var client = await clinic.AddAsync("Ida", "Long");
        var endless = new string('x', 20_000);
        var draft = new ClientDraft
        {
            FirstName = endless,
            LastName = endless,
            Email = endless + "@example.com",
            Address = endless,
            Notes = endless,
            PopUpNote = endless,
            Balance = 1e15m,
            ReminderPreference = (ReminderPreference)99,
            Phones = [.. Enumerable.Repeat(new PhoneDraft(endless, PhoneType.Home), 11)],
        };

        var invalid = Assert.IsType<ClientResult.Invalid>(
            await clinic.Clients.UpdateAsync(client.Id, draft, Maya, Token)
        );

        Assert.Equal(
            [
                "firstName",
                "lastName",
                "email",
                "address",
                "notes",
                "popUpNote",
                "reminderPreference",
                "balance",
                "phones",
            ],
            invalid.Problems.Select(p => p.Field)
        );
        Assert.Contains("20,000", invalid.Problem, StringComparison.Ordinal);
        Assert.Equal("Ida Long", (await clinic.Clients.FindAsync(client.Id, Token))?.FullName);
    }

    [Theory]
    [InlineData("ana")]
    [InlineData("ana@")]
    [InlineData("ana@localhost")]
    [InlineData("Ana Ruiz <ana@example.com>")]
    [InlineData("ana@example.com, bob@example.com")]
    public async Task What_is_no_email_address_is_refused(string email)
    {
        var result = await clinic.Clients.CreateAsync(
            new ClientDraft { FirstName = "Ana", Email = email },
            Maya,
            Token
        );

        Assert.Equal("email", Assert.IsType<ClientResult.Invalid>(result).Field);
    }

    [Fact]
    public async Task A_script_in_a_name_is_kept_as_the_text_it_is()
    {
        const string name = "<script>alert(1)</script>";

        var client = await clinic.AddAsync(name, "O'Neil & Søn");

        Assert.Equal(name, (await clinic.Clients.FindAsync(client.Id, Token))?.FirstName);
    }

    [Fact]
    public async Task Control_characters_and_broken_surrogates_never_reach_the_database()
    {
        var client = await clinic.AddAsync("Zo\0e\r\nX", "Half\ud83d");

        Assert.Equal("Zo e X Half\ufffd", client.FullName);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("  ", "\u0000")]
    [InlineData(null, null)]
    public async Task A_client_without_any_name_is_refused(string? first, string? last)
    {
        var result = await clinic.Clients.CreateAsync(
            new ClientDraft { FirstName = first, LastName = last },
            Maya,
            Token
        );

        Assert.Equal("firstName", Assert.IsType<ClientResult.Invalid>(result).Field);
    }

    [Fact]
    public async Task A_second_click_makes_no_second_person()
    {
        var number = NewNumber();
        var client = await clinic.AddAsync("Dana", "Twice", number);

        var again = await clinic.Clients.CreateAsync(
            new ClientDraft
            {
                FirstName = "dana",
                LastName = "twice",
                Phones = [new PhoneDraft("+" + number, PhoneType.Mobile)],
            },
            Maya,
            Token
        );

        Assert.Equal(client.Id, Assert.IsType<ClientResult.Conflict>(again).With);
        // Another name with the same number is another person: a couple shares a phone.
        await clinic.AddAsync("Marco", "Twice", number);
    }

    [Fact]
    public async Task The_practice_systems_client_is_made_once_and_then_changed()
    {
        var draft = new ClientDraft
        {
            FirstName = "Ext",
            LastName = "Ernal",
            Balance = 80,
        };
        var made = Assert.IsType<ClientResult.Saved>(
            await clinic.Clients.UpsertExternalAsync("pims-7", draft, Maya, Token)
        );
        await clinic.Clients.UpdateAsync(
            made.Client.Id,
            new ClientDraft { PopUpNote = "Ask for the new address" },
            Maya,
            Token
        );

        var changed = Assert.IsType<ClientResult.Saved>(
            await clinic.Clients.UpsertExternalAsync(
                "pims-7",
                draft with
                {
                    Balance = 0,
                },
                Maya,
                Token
            )
        );

        Assert.True(made.Created);
        Assert.False(changed.Created);
        var client = await clinic.Clients.FindByExternalIdAsync("pims-7", Token);
        Assert.Equal(made.Client.Id, client?.Id);
        Assert.Equal(0, client?.Balance);
        Assert.Equal("Ask for the new address", client?.PopUpNote);
    }

    [Fact]
    public async Task A_client_that_is_not_there_cannot_be_changed()
    {
        var result = await clinic.Clients.UpdateAsync(
            Id<Client>.New(DateTimeOffset.UtcNow),
            new ClientDraft { FirstName = "Nobody" },
            Maya,
            Token
        );

        Assert.IsType<ClientResult.NotFound>(result);
    }

    [Fact]
    public async Task The_audit_log_names_who_and_which_fields_but_no_values()
    {
        var client = await clinic.AddAsync("Quiet", "Log", NewNumber());

        await clinic.Clients.UpdateAsync(
            client.Id,
            new ClientDraft { Email = "secret@example.com", Notes = "secret" },
            Maya,
            Token
        );
        // Nothing changes, nothing is noted.
        await clinic.Clients.UpdateAsync(
            client.Id,
            new ClientDraft { Notes = "secret" },
            Maya,
            Token
        );

        await using var db = clinic.App.Db();
        var subject = client.Id.ToString();
        var noted = await db.Audit.Where(a => a.Subject == subject).ToListAsync(Token);
        Assert.Equal(["client.created", "client.changed"], noted.Select(a => a.Action));
        Assert.Equal("email, notes", noted[1].Detail);
        Assert.Equal("Maya Chen", noted[1].ActorName);
    }
}
