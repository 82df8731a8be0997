using Bunit;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using static Clinic.Inbox.Tests.Clients.ClinicFixture;

namespace Clinic.Inbox.Tests.Clients;

public sealed class ClientPanelTests(ClinicFixture clinic) : IClassFixture<ClinicFixture>
{
    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_panel_shows_who_is_texting_and_what_the_desk_must_know()
    {
        var (client, row) = await TextingAsync("Ana", "Shown");
        await clinic.AddPatientAsync(client, "Bella", "Dog", "Bites when cornered");
        await clinic.Clients.UpdateAsync(
            client.Id,
            new ClientDraft { PopUpNote = "Call first", Balance = 84.5m },
            Maya,
            Token
        );
        await AddDueAsync(client.Id, "Rabies vaccine");
        await using var screen = Screen.Open(clinic);

        var panel = screen.Render<ClientPanel>(p => p.Add(c => c.Row, row));

        panel.WaitForAssertion(() => Assert.Contains("Ana Shown", panel.Markup));
        Assert.Contains("Call first", panel.Markup);
        Assert.Contains("$84.50 due", panel.Markup);
        Assert.Contains("Bites when cornered", panel.Find(".patient-alert").TextContent);
        Assert.Contains("Rabies vaccine", panel.Markup);
        Assert.Contains("None on record", panel.Markup);
        Assert.Equal(2, panel.FindAll(".facts").Count);
    }

    [Fact]
    public async Task A_change_elsewhere_shows_by_itself()
    {
        var (client, row) = await TextingAsync("Lia", "Live");
        await using var screen = Screen.Open(clinic);
        var panel = screen.Render<ClientPanel>(p => p.Add(c => c.Row, row));
        panel.WaitForAssertion(() => Assert.Contains("Lia Live", panel.Markup));

        await clinic.AddPatientAsync(client, "Newcomer", "Cat");
        panel.WaitForAssertion(() => Assert.Contains("Newcomer", panel.Markup));
        await clinic
            .App.Get<ConsentBook>()
            .RecordAsync(
                client.Id,
                ConsentCategory.Transactional,
                ConsentMethod.InPerson,
                "May we?",
                clinic.App.Clock.GetUtcNow(),
                Maya,
                Token
            );
        panel.WaitForAssertion(() => Assert.Contains("in person", panel.Markup));
        await clinic.App.ReceiveAsync(row.Number.Digits, "STOP");
        panel.WaitForAssertion(() => Assert.Contains("opted out", panel.Markup));
    }

    [Fact]
    public async Task The_profile_is_edited_in_place()
    {
        var (client, row) = await TextingAsync("Edi", "Table");
        var told = 0;
        await using var screen = Screen.Open(clinic);
        var panel = screen.Render<ClientPanel>(p =>
            p.Add(c => c.Row, row).Add(c => c.OnChanged, () => told++)
        );
        panel.WaitForAssertion(() => Assert.Contains("Edi Table", panel.Markup));

        await panel.Button("Edit details").ClickAsync();
        panel.WaitForElement("form");
        await panel.Field("Last name").ChangeAsync("Tables");
        await panel.Find("form").SubmitAsync();

        panel.WaitForAssertion(() => Assert.Contains("Edi Tables", panel.Markup));
        Assert.Empty(panel.FindAll("form"));
        Assert.Equal("Tables", (await clinic.Clients.FindAsync(client.Id, Token))?.LastName);
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task A_shared_number_offers_everybody_who_has_it()
    {
        var number = NewNumber();
        await clinic.AddAsync("Ana", "Shared", number);
        var marco = await clinic.AddAsync("Marco", "Shared", number);
        await clinic.AddPatientAsync(marco, "Otto");
        await clinic.App.ReceiveAsync(number, "Guess");
        await using var screen = Screen.Open(clinic);
        var panel = screen.Render<ClientPanel>(p => p.Add(c => c.Row, Row(number)));
        panel.WaitForAssertion(() => Assert.Contains("Who is texting?", panel.Markup));
        Assert.Contains("Otto", panel.Markup);

        await panel.Button("Choose Marco Shared").ClickAsync();

        Assert.Equal(marco.Id, Row(number).ClientId);
        panel.Render(p => p.Add(c => c.Row, Row(number)));
        panel.WaitForAssertion(() => Assert.Contains("is shared with", panel.Markup));
        Assert.NotNull(panel.Button("Switch Ana Shared"));
    }

    [Fact]
    public async Task Nobodys_number_can_be_assigned_or_added()
    {
        var number = NewNumber();
        await clinic.App.ReceiveAsync(number, "I'm new");
        await using var screen = Screen.Open(clinic);
        var panel = screen.Render<ClientPanel>(p => p.Add(c => c.Row, Row(number)));
        panel.WaitForAssertion(() => Assert.Contains("No client has this number", panel.Markup));
        Assert.NotNull(panel.Button("Assign to client"));
        Assert.NotNull(panel.Button("Add client"));

        // Somebody else adds the client meanwhile: the inbox hands the new row in.
        await clinic.AddAsync("Fresh", "Face", number);
        panel.WaitForAssertion(() => Assert.Contains("Fresh Face", panel.Markup));
        panel.Render(p => p.Add(c => c.Row, Row(number)));
        panel.WaitForAssertion(() => Assert.Contains("Open profile", panel.Markup));
    }

    [Fact]
    public async Task A_script_in_a_name_note_or_alert_is_only_text()
    {
        const string script = "<img src=x onerror=alert(1)>";
        var (client, row) = await TextingAsync(script, "X");
        await clinic.AddPatientAsync(client, script, script, script);
        await clinic.Clients.UpdateAsync(
            client.Id,
            new ClientDraft
            {
                PopUpNote = script,
                Notes = script,
                Address = script,
            },
            Maya,
            Token
        );
        await using var screen = Screen.Open(clinic);

        var panel = screen.Render<ClientPanel>(p => p.Add(c => c.Row, row));

        panel.WaitForAssertion(() => Assert.Contains("&lt;img", panel.Markup));
        Assert.Empty(panel.FindAll("img"));
    }

    private async Task<(Client, ConversationRow)> TextingAsync(string first, string last)
    {
        var number = NewNumber();
        var client = await clinic.AddAsync(first, last, number);
        await clinic.App.ReceiveAsync(number, "Hello");
        return (client, Row(number));
    }

    private ConversationRow Row(string number)
    {
        using var db = clinic.App.Db();
        var phone = Number(number);
        return ConversationRow.Of(db.Conversations.AsNoTracking().Single(c => c.Number == phone));
    }

    private async Task AddDueAsync(Inbox.Data.Id<Client> clientId, string name)
    {
        await using var db = clinic.App.Db();
        var patient = await db.Patients.FirstAsync(p => p.ClientId == clientId, Token);
        db.MedicalReminders.Add(
            new MedicalReminder(
                Inbox.Data.Id<MedicalReminder>.New(DateTimeOffset.UtcNow),
                clientId,
                patient.Id,
                name,
                new DateOnly(2026, 1, 1)
            )
        );
        await db.SaveChangesAsync(Token);
    }
}
