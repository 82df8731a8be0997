using AngleSharp.Dom;
using Bunit;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using static Clinic.Inbox.Tests.Clients.ClinicFixture;

namespace Clinic.Inbox.Tests.Clients;

public sealed class ClientDialogsTests(ClinicFixture clinic) : IClassFixture<ClinicFixture>
{
    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_is_picked_by_typing_and_the_arrow_keys()
    {
        var first = await clinic.AddAsync("Aaron", "Keyes");
        var second = await clinic.AddAsync("Berta", "Keyes");
        await using var screen = Screen.Open(clinic);
        var (shown, dialogs) = screen.Dialogs();
        var asked = await shown.InvokeAsync(() =>
            Hold(dialogs.PickClientAsync("New conversation"))
        );

        await shown.WaitForElement("[role=combobox]").InputAsync("keyes");
        shown.WaitForAssertion(() => Assert.Equal(2, shown.FindAll("[role=option]").Count));
        Assert.Contains(first.FullName, shown.FindAll("[role=option]")[0].TextContent);
        await shown.Find("[role=combobox]").KeyDownAsync("ArrowDown");
        Assert.Equal(
            shown.FindAll("[role=option]")[1].Id,
            shown.Find("[role=combobox]").GetAttribute("aria-activedescendant")
        );
        await shown.Find("[role=combobox]").KeyDownAsync("Enter");

        Assert.Equal(second.Id, await asked.Value);
    }

    [Fact]
    public async Task Assigning_offers_the_number_as_a_new_mobile()
    {
        var client = await clinic.AddAsync("Olga", "Ownerless");
        var number = Number("14155550134");
        await using var screen = Screen.Open(clinic);
        var (shown, dialogs) = screen.Dialogs();
        var asked = await shown.InvokeAsync(() => Hold(dialogs.PickOwnerAsync(number)));

        await shown.WaitForElement("[role=combobox]").InputAsync("ownerless");
        shown.WaitForAssertion(() => Assert.Single(shown.FindAll("[role=option]")));
        await shown.Button("Save").ClickAsync();
        Assert.Contains("Pick a client", shown.Find("[role=alert]").TextContent);
        await shown.Find("[role=option]").ClickAsync();
        Assert.NotNull(shown.Field("Add (415) 555-0134 as a new mobile"));
        await shown.Button("Save").ClickAsync();

        Assert.Equal((client.Id, true), await asked.Value);
    }

    [Fact]
    public async Task Assigning_to_somebody_who_has_the_number_adds_nothing()
    {
        var digits = NewNumber();
        var client = await clinic.AddAsync("Hasit", "Already", digits);
        await using var screen = Screen.Open(clinic);
        var (shown, dialogs) = screen.Dialogs();
        var asked = await shown.InvokeAsync(() => Hold(dialogs.PickOwnerAsync(Number(digits))));

        await shown.WaitForElement("[role=combobox]").InputAsync("hasit");
        shown.WaitForAssertion(() => Assert.Single(shown.FindAll("[role=option]")));
        await shown.Find("[role=option]").ClickAsync();
        Assert.Empty(shown.FindAll("input[type=checkbox]"));
        await shown.Button("Save").ClickAsync();

        Assert.Equal((client.Id, false), await asked.Value);
    }

    [Fact]
    public async Task A_new_clients_errors_stand_at_their_fields_and_nothing_typed_is_lost()
    {
        await using var screen = Screen.Open(clinic);
        var (shown, dialogs) = screen.Dialogs();
        var number = Number(NewNumber());
        var asked = await shown.InvokeAsync(() => Hold(dialogs.AddClientAsync(number)));
        shown.WaitForElement("form");

        await shown.Field("First name").ChangeAsync("<script>alert(1)</script>");
        await shown.Field("Email").ChangeAsync("not an email");
        await shown.Button("Add a number").ClickAsync();
        await shown.Find("[aria-label='Number 2']").ChangeAsync("call me maybe");
        await shown.Find("form").SubmitAsync();

        shown.WaitForAssertion(() => Assert.Equal(2, shown.FindAll(".field-error").Count));
        var email = shown.Field("Email");
        Assert.Equal("true", email.GetAttribute("aria-invalid"));
        Assert.Contains(
            "not an email",
            shown.Find("#" + email.GetAttribute("aria-describedby")).TextContent
        );
        Assert.Equal("true", shown.Find("[aria-label='Number 2']").GetAttribute("aria-invalid"));
        Assert.Equal("<script>alert(1)</script>", shown.Field("First name").GetAttribute("value"));
        Assert.Empty(shown.FindAll("script"));

        await shown.Field("Email").ChangeAsync("ok@example.com");
        await shown.Button("Remove number 2").ClickAsync();
        await shown.Find("form").SubmitAsync();

        var id = await asked.Value;
        Assert.NotNull(id);
        var saved = await clinic.Clients.FindAsync(id.Value, Token);
        Assert.Equal(number, saved?.Mobile);
        Assert.Equal("ok@example.com", saved?.Email);
    }

    [Fact]
    public async Task Somebody_who_is_there_already_can_be_used_instead_of_added_again()
    {
        var digits = NewNumber();
        var known = await clinic.AddAsync("Known", "Already", digits);
        await using var screen = Screen.Open(clinic);
        var (shown, dialogs) = screen.Dialogs();
        var asked = await shown.InvokeAsync(() => Hold(dialogs.AddClientAsync(Number(digits))));
        shown.WaitForElement("form");

        await shown.Field("First name").ChangeAsync("Known");
        await shown.Field("Last name").ChangeAsync("Already");
        await shown.Find("form").SubmitAsync();
        shown.WaitForAssertion(() => Assert.Contains("is a client already", shown.Markup));
        await shown.Button("Use this client").ClickAsync();

        Assert.Equal(known.Id, await asked.Value);
    }

    [Fact]
    public async Task A_consent_is_recorded_with_the_words_that_were_read()
    {
        var client = await clinic.AddAsync("Cora", "Consents");
        await using var screen = Screen.Open(clinic);
        var (shown, dialogs) = screen.Dialogs();
        var asked = await shown.InvokeAsync(() => Hold(dialogs.RecordConsentAsync(client.Id)));
        shown.WaitForElement("form");
        Assert.Contains("appointment reminders", shown.Field("Words").GetAttribute("value"));

        await shown.Field("Date").ChangeAsync("2999-01-01");
        await shown.Find("form").SubmitAsync();
        shown.WaitForAssertion(() => Assert.Contains("future", shown.Markup));
        await shown.Field("Date").ChangeAsync("2026-01-05");
        await shown.Find("#consent-method").ChangeAsync("OnlineForm");
        await shown.Field("Words").ChangeAsync("I agree to texts.");
        await shown.Find("form").SubmitAsync();

        Assert.True(await asked.Value);
        var history = await clinic.App.Get<ConsentBook>().HistoryAsync(client.Id, Token);
        var record = Assert.Single(history);
        Assert.Equal("I agree to texts.", record.Terms);
        Assert.Equal(ConsentMethod.OnlineForm, record.Method);
        Assert.Equal("Maya Chen", record.By);
        Assert.Equal(new DateOnly(2026, 1, 5), DateOnly.FromDateTime(record.At.UtcDateTime));
    }

    [Fact]
    public async Task A_cancelled_dialog_answers_nothing()
    {
        await using var screen = Screen.Open(clinic);
        var (shown, dialogs) = screen.Dialogs();
        var asked = await shown.InvokeAsync(() => Hold(dialogs.AddClientAsync(number: null)));
        shown.WaitForElement("form");

        await shown.Button("Cancel").ClickAsync();

        Assert.Null(await asked.Value);
    }

    /// <summary>Keeps a question open: awaiting it here would wait for its answer.</summary>
    private static Question<T> Hold<T>(Task<T> task) => new(task);

    private sealed record Question<T>(Task<T> Value);
}
