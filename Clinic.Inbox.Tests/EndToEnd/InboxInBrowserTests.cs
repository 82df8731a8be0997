using System.Text.RegularExpressions;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.EndToEnd;

/// <summary>The inbox as people at the desk use it, in real browsers.</summary>
public sealed class InboxInBrowserTests(BrowserFixture browsers)
{
    private const string Phone = "14155550134";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_lights_up_every_open_browser_until_somebody_reads_it()
    {
        await using var app = await InboxApp.StartAsync();
        using var dana = await app.UserAsync(name: "Dana Reed");
        using var kim = await app.UserAsync(name: "Kim Lee");
        var atDana = await OpenAsync(app, dana);
        // On another page than the inbox, the light shows all the same.
        var atKim = await OpenAsync(app, kim, "clients");

        await app.TextAsync("Is Bella ready?");

        await Expect(Row(atDana)).ToContainTextAsync("Is Bella ready?");
        await Expect(atDana.Locator(".tabs .inbox-light.flashing")).ToBeVisibleAsync();
        await Expect(atKim.Locator(".rail .inbox-light.flashing")).ToBeVisibleAsync();
        await TitleAsync(atDana, "(1) ");
        await TitleAsync(atKim, "(1) ");

        await Row(atDana).ClickAsync();

        await Expect(Bubble(atDana, "Is Bella ready?")).ToBeVisibleAsync();
        await Expect(atDana.Locator(".inbox-light")).ToHaveCountAsync(0);
        await Expect(atKim.Locator(".inbox-light")).ToHaveCountAsync(0);
        await TitleAsync(atKim, "Clients");
        // The count has left the page's own words alone: whose texts they are.
        await Expect(atDana)
            .ToHaveTitleAsync(
                new Regex(@"^\(415\) .+ · Inbox · ", RegexOptions.None, TimeSpan.FromSeconds(1))
            );
    }

    [Fact]
    public async Task A_reply_reaches_the_phone_and_shows_that_it_was_delivered()
    {
        await using var app = await SimulatorClient.StartAsync();
        using var dana = await app.UserAsync(name: "Dana Reed");
        await app.TextAsync("Is Bella ready?");
        var page = await OpenAsync(app, dana);
        await Row(page).ClickAsync();

        // Enter mashed: the text leaves once.
        await Field(page).FillAsync("She is. See you soon!");
        await Field(page).PressAsync("Enter");
        await Field(page).PressAsync("Enter");
        await Field(page).PressAsync("Enter");

        var bubble = Bubble(page, "She is. See you soon!");
        await Expect(bubble.Locator(".delivery-delivered")).ToBeVisibleAsync();
        await Expect(bubble).ToContainTextAsync("Dana Reed");
        await Expect(bubble.Locator(".bubble-suffix")).ToContainTextAsync("STOP to opt out");
        await Expect(bubble).ToHaveCountAsync(1);
        await Expect(Field(page)).ToHaveValueAsync("");
        var onThePhone = await app.ItemsAsync($"handsets/{Phone}/messages");
        Assert.Single(
            onThePhone,
            text => text.Text("text").StartsWith("She is.", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Stop_locks_the_composer_under_the_hands_and_keeps_what_was_written()
    {
        await using var app = await InboxApp.StartAsync();
        using var dana = await app.UserAsync();
        await app.TextAsync("Is Bella ready?");
        var page = await OpenAsync(app, dana);
        await Row(page).ClickAsync();
        await Field(page).FillAsync("She is");

        await app.TextAsync("STOP");

        await Expect(page.Locator(".composer-locked")).ToContainTextAsync("opted out");
        await Expect(Field(page)).ToHaveCountAsync(0);
        await Expect(page.Locator(".msg-note")).ToContainTextAsync("Opted out");

        await app.TextAsync("START");

        await Expect(Field(page)).ToHaveValueAsync("She is");
    }

    [Fact]
    public async Task A_number_becomes_a_client_and_a_conversation_is_assigned_and_closed()
    {
        await using var app = await InboxApp.StartAsync();
        using var dana = await app.UserAsync();
        await app.AddClientAsync("Tom", "Becker");
        await app.TextAsync("Do you take new patients?");
        var page = await OpenAsync(app, dana);
        await Row(page).ClickAsync();

        await ChooseAsync(page, "Add client");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("First name").FillAsync("Ana");
        await dialog.GetByLabel("Last name").FillAsync("Ruiz");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save client" }).ClickAsync();
        await Expect(page.Locator(".thread-head h2")).ToHaveTextAsync("Ana Ruiz");
        await Expect(Row(page)).ToContainTextAsync("Ana Ruiz");

        await ChooseAsync(page, "Assign to another client");
        await dialog.GetByRole(AriaRole.Combobox).FillAsync("beck");
        await dialog.GetByRole(AriaRole.Option, new() { Name = "Tom Becker" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".thread-head h2")).ToHaveTextAsync("Tom Becker");

        await ChooseAsync(page, "Close conversation");
        await Expect(Row(page)).ToHaveCountAsync(0);

        await app.TextAsync("One more thing");
        await Row(page).ClickAsync();
        var earlier = page.Locator(".earlier-head");
        await Expect(earlier).ToContainTextAsync("1 message");
        await earlier.ClickAsync();
        await Expect(Bubble(page, "Do you take new patients?")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Only_a_manager_deletes_and_then_it_is_gone_for_everybody()
    {
        await using var app = await InboxApp.StartAsync();
        using var dana = await app.UserAsync();
        using var boss = await app.UserAsync(Roles.PracticeManager);
        await app.TextAsync("Sent by mistake");
        var atDana = await OpenAsync(app, dana);
        var atBoss = await OpenAsync(app, boss);
        await Row(atDana).ClickAsync();
        await Row(atBoss).ClickAsync();

        await OpenMenuAsync(atDana);
        await Expect(Item(atDana, "Delete conversation"))
            .ToHaveAttributeAsync("aria-disabled", "true");
        // Asked all the same, her circuit does nothing: what she asks next is answered, and that alone.
        await Item(atDana, "Delete conversation").DispatchEventAsync("click");
        await Item(atDana, "Assign to client").ClickAsync();
        await Expect(atDana.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Assign");
        await Expect(atDana.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(1);
        await Expect(Row(atDana)).ToHaveCountAsync(1);
        await atDana.Keyboard.PressAsync("Escape");

        await ChooseAsync(atBoss, "Delete conversation");
        await Expect(atBoss.GetByRole(AriaRole.Dialog)).ToContainTextAsync("for good");
        await atBoss
            .GetByRole(AriaRole.Dialog)
            .GetByRole(AriaRole.Button, new() { Name = "Delete conversation" })
            .ClickAsync();

        await Expect(Row(atBoss)).ToHaveCountAsync(0);
        await Expect(Row(atDana)).ToHaveCountAsync(0);
        await Expect(Bubble(atDana, "Sent by mistake")).ToHaveCountAsync(0);
        await using var db = app.Db();
        Assert.False(await db.Messages.AnyAsync(Cancellation));
    }

    [Fact]
    public async Task A_lost_connection_keeps_what_was_typed_and_catches_up()
    {
        await using var app = await InboxApp.StartAsync();
        using var dana = await app.UserAsync();
        await app.TextAsync("Is Bella ready?");
        var page = await OpenAsync(app, dana, cut: true);
        await Row(page).ClickAsync();
        await Field(page).FillAsync("She is");
        await Expect(page.Locator(".counter")).ToContainTextAsync("6 characters");

        await page.Context.SetOfflineAsync(true);
        await page.EvaluateAsync("cutTheLine()");
        await Expect(page.Locator(".reconnect-bar")).ToBeVisibleAsync();
        await Field(page).PressSequentiallyAsync(" almost");
        await app.TextAsync("Hello?");
        await page.EvaluateAsync("mendTheLine()");
        await page.Context.SetOfflineAsync(false);

        await Expect(Bubble(page, "Hello?")).ToBeVisibleAsync();
        await Expect(Field(page)).ToHaveValueAsync("She is almost");
        await Expect(page.Locator(".counter")).ToContainTextAsync("13 characters");
        await Field(page).PressAsync("Enter");
        await Expect(Bubble(page, "She is almost")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_draft_survives_changing_conversations_and_a_reload()
    {
        await using var app = await InboxApp.StartAsync();
        using var dana = await app.UserAsync();
        await app.TextAsync("Is Bella ready?");
        await app.TextAsync("Are you open?", from: "14155550135");
        var page = await OpenAsync(app, dana);
        await page.GetByText("Is Bella ready?").First.ClickAsync();
        await Field(page).FillAsync("Almost, give us");
        await Expect(page.Locator(".counter")).ToContainTextAsync("15 characters");

        await page.GetByText("Are you open?").First.ClickAsync();
        await Expect(Bubble(page, "Are you open?")).ToBeVisibleAsync();
        await Expect(Field(page)).ToHaveValueAsync("");
        await page.GetByText("Is Bella ready?").First.ClickAsync();
        await Expect(Field(page)).ToHaveValueAsync("Almost, give us");

        await page.ReloadAsync();
        await Expect(Field(page)).ToHaveValueAsync("Almost, give us");
    }

    [Fact]
    public async Task Keys_move_open_reply_and_stay_silent_in_a_field()
    {
        await using var app = await InboxApp.StartAsync();
        using var dana = await app.UserAsync();
        await app.TextAsync("The older one");
        await app.TextAsync("The newer one", from: "14155550135");
        var page = await OpenAsync(app, dana);

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(Bubble(page, "The older one")).ToBeVisibleAsync();
        await Expect(Field(page)).ToBeEnabledAsync();
        await page.Keyboard.PressAsync("r");
        await Expect(Field(page)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("nju?");
        await Expect(Field(page)).ToHaveValueAsync("nju?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("u");
        await Expect(page.Locator(".badge-red")).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Mark unread");
    }

    [Fact]
    public async Task A_new_conversation_begins_by_name_or_by_number()
    {
        await using var app = await InboxApp.StartAsync();
        using var dana = await app.UserAsync();
        await app.AddClientAsync("Tom", "Becker", "+14155550177");
        var page = await OpenAsync(app, dana);
        var dialog = page.GetByRole(AriaRole.Dialog);

        await page.GetByLabel("New conversation").ClickAsync();
        await dialog.GetByRole(AriaRole.Combobox).FillAsync("beck");
        await dialog.GetByRole(AriaRole.Option, new() { Name = "Tom Becker" }).ClickAsync();
        await Expect(page.Locator(".thread-head h2")).ToHaveTextAsync("Tom Becker");
        await Expect(Field(page)).ToBeFocusedAsync();

        await page.GetByLabel("New conversation").ClickAsync();
        await dialog.GetByRole(AriaRole.Combobox).FillAsync("415 555 99");
        await Expect(dialog).ToContainTextAsync("not a phone number");
        await dialog.GetByRole(AriaRole.Combobox).FillAsync("415 555 0188");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(page.Locator(".thread-head h2")).ToHaveTextAsync("(415) 555-0188");
        // Nobody consented: the composer is locked and says so.
        await Expect(page.Locator(".composer-locked")).ToContainTextAsync("no consent");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Axe_finds_nothing_in_the_way_in_the_inbox(ColorScheme colours, int width)
    {
        await using var app = await InboxApp.StartAsync();
        using var dana = await app.UserAsync();
        await app.AddClientAsync("Ana", "Ruiz", "+14155550134");
        await app.TextAsync("Is Bella ready?");
        await app.TextAsync("please leave me alone", from: "14155550135");
        var page = await browsers.PageAsync(
            app,
            dana,
            options =>
            {
                options.ColorScheme = colours;
                options.ViewportSize!.Width = width;
            }
        );
        await page.GotoAsync("schedule/inbox");
        await Expect(page.Locator(".inbox[data-alive]")).ToBeVisibleAsync();
        await page.PassesAxeAsync("the inbox");

        await page.GetByText("please leave me alone").First.ClickAsync();
        await Expect(page.Locator(".opt-out-question")).ToBeVisibleAsync();
        await Field(page).FillAsync("It\u2019s all right");
        await Expect(page.Locator(".counter-show")).ToBeVisibleAsync();
        await page.PassesAxeAsync("the inbox");

        await OpenMenuAsync(page);
        await page.PassesAxeAsync("the inbox");
    }

    /// <param name="cut">Gives the page <c>cutTheLine()</c> and <c>mendTheLine()</c>.</param>
    private async Task<IPage> OpenAsync(
        InboxApp app,
        DeskUser user,
        string path = "schedule/inbox",
        bool cut = false
    )
    {
        var page = await browsers.PageAsync(app, user);
        if (cut)
        {
            await page.AddInitScriptAsync(Line);
        }
        await page.GotoAsync(path);
        if (path == "schedule/inbox")
        {
            await Expect(page.Locator(".inbox[data-alive]")).ToBeVisibleAsync();
        }
        return page;
    }

    /// <summary>A line that can be cut: sockets close, and new ones fail, until it is mended.</summary>
    private const string Line = """
        const Real = window.WebSocket, open = new Set();
        let cut = false;
        window.WebSocket = class extends Real {
          constructor(url, protocols) {
            super(cut ? url.replace(/_blazor/, "nowhere") : url, protocols);
            open.add(this);
            this.addEventListener("close", () => open.delete(this));
          }
        };
        window.cutTheLine = () => { cut = true; open.forEach((socket) => socket.close()); };
        window.mendTheLine = () => { cut = false; };
        """;

    /// <summary>The title begins so.</summary>
    private static Task TitleAsync(IPage page, string begin) =>
        Eventually.IsTrueAsync(
            async () => (await page.TitleAsync()).StartsWith(begin, StringComparison.Ordinal),
            $"a title that begins with '{begin}'"
        );

    private static ILocator Row(IPage page) => page.Locator("[data-row]");

    private static ILocator Field(IPage page) => page.Locator("[data-text]");

    private static ILocator Bubble(IPage page, string text) =>
        page.Locator(".msg", new() { HasText = text });

    private static ILocator Item(IPage page, string name) =>
        page.GetByRole(AriaRole.Menuitem, new() { Name = name });

    private static Task OpenMenuAsync(IPage page) =>
        page.Locator("[aria-label='More about this conversation'][aria-expanded]").ClickAsync();

    private static async Task ChooseAsync(IPage page, string name)
    {
        await OpenMenuAsync(page);
        await Item(page, name).ClickAsync();
    }
}

/// <summary>What happens outside the browser in these tests.</summary>
internal static class AtTheClinic
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task TextAsync(this InboxApp app, string text, string from = "14155550134")
    {
        using var answer = await app.ReceiveAsync(from, text);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A client who agreed to be texted.</summary>
    public static async Task AddClientAsync(
        this InboxApp app,
        string firstName,
        string lastName,
        string? mobile = null
    )
    {
        await using var db = app.Db();
        var now = DateTimeOffset.UtcNow;
        var client = new Client(Id<Client>.New(now), firstName, lastName, now);
        if (mobile is not null)
        {
            client.AddPhone(PhoneNumber.FromStored(mobile), PhoneType.Mobile);
        }
        db.Clients.Add(client);
        db.ConsentRecords.Add(
            new ConsentRecord(
                Id<ConsentRecord>.New(now),
                client.Id,
                ConsentCategory.Transactional,
                ConsentAction.Granted,
                ConsentMethod.InPerson,
                "May we text you?",
                now,
                "Dana Reed",
                now
            )
        );
        await db.SaveChangesAsync(Cancellation);
    }
}
