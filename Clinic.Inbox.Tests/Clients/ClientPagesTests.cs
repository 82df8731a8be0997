using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Clinic.Inbox.Tests.Clients.ClinicFixture;

namespace Clinic.Inbox.Tests.Clients;

/// <summary>The pages in a real browser. With INBOX_PICTURES set, each is kept there as a picture.</summary>
public sealed class ClientPagesTests(ClinicFixture clinic) : IClassFixture<ClinicFixture>
{
    private const string Chromium = "/usr/bin/chromium";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1440, 900, false)]
    [InlineData(390, 844, true)]
    public async Task Every_page_of_a_client_reads_well_for_everybody(
        int width,
        int height,
        bool dark
    )
    {
        var client = await SeedAsync();
        await using var browser = await OpenAsync(width, height, dark);
        var page = browser.Page;
        string[] tabs = ["overview", "reminders", "communications", "consent"];

        foreach (
            var path in tabs.Select(t => ClientPaths.Profile(client.Id, t)).Prepend("/clients")
        )
        {
            await browser.GoAsync(path);
            if (path.EndsWith("communications", StringComparison.Ordinal))
            {
                await page.Locator(".recorded-head button").First.ClickAsync();
                await page.Locator(".recorded").First.WaitForAsync();
            }
            await browser.CheckAsync(path);
        }
        await page.GetByRole(AriaRole.Button, new() { Name = "Record consent" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await browser.CheckAsync("dialog-consent");
        await browser.GoAsync("/clients");
        await page.GetByRole(AriaRole.Button, new() { Name = "New client" }).ClickAsync();
        // The dialog gives its first field the focus once it is there: before that it would take what is typed.
        await Assertions.Expect(page.GetByLabel("First name")).ToBeFocusedAsync();
        await page.GetByLabel("Email").FillAsync("no address");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save client" }).ClickAsync();
        await page.Locator(".field-error").First.WaitForAsync();
        await browser.CheckAsync("dialog-new");
    }

    [Fact]
    public async Task The_desk_finds_a_client_as_it_types_and_texts_them()
    {
        var number = NewNumber();
        var client = await clinic.AddAsync("Quentin", "Quick", number);
        await clinic.AddAsync("Quentin", "Slow", NewNumber());
        await using var browser = await OpenAsync(1440, 900, dark: false);
        var page = browser.Page;
        await browser.GoAsync("/clients");

        await page.GetByLabel("Search clients").FillAsync("quick quen");
        await Assertions.Expect(page.Locator(".client-row")).ToHaveCountAsync(1);
        await page.Locator(".client-row").ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Quentin Quick" }).First)
            .ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Text", Exact = true }).ClickAsync();

        await page.UntilAtAsync("/schedule/inbox/");
        await using var db = clinic.App.Db();
        var phone = Number(number);
        var conversation = await db.Conversations.SingleAsync(c => c.Number == phone, Token);
        Assert.Equal(client.Id, conversation.ClientId);
        await page.GoBackAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Quentin Quick" }).First)
            .ToBeVisibleAsync();
        await page.GoBackAsync();
        await Assertions.Expect(page.GetByLabel("Search clients")).ToHaveValueAsync("quick quen");
    }

    [Fact]
    public async Task The_inbox_shows_the_client_beside_the_conversation()
    {
        var client = await SeedAsync();
        await clinic.App.ReceiveAsync(client.Mobile!.Value.Digits, "Is Bella ready?");
        await using var db = clinic.App.Db();
        var row = await db.Conversations.SingleAsync(
            c => c.ClientId == client.Id && c.State == ConversationState.Open,
            Token
        );
        var shared = NewNumber();
        await clinic.AddAsync("Rosa", "Shares", shared);
        await clinic.AddAsync("Rico", "Shares", shared);
        await clinic.App.ReceiveAsync(shared, "It's us");
        var nobody = NewNumber();
        await clinic.App.ReceiveAsync(nobody, "Are you open?");
        var (whose, unknown) = (await IdAsync(shared), await IdAsync(nobody));
        // The colours of light are looked at in the profile, which is made of the same parts.
        foreach (var dark in DeskBrowser.KeepsPictures ? (bool[])[false, true] : [true])
        {
            await using var browser = await OpenAsync(1440, 900, dark);
            var (page, panel) = (browser.Page, browser.Page.Locator(".client-panel"));
            await browser.GoAsync(ClientPaths.Conversation(row.Id));
            await panel.Locator(".client-panel-head").WaitForAsync();
            await browser.CheckAsync("panel", panel);
            await panel.GetByRole(AriaRole.Button, new() { Name = "Edit details" }).ClickAsync();
            await panel.GetByLabel("First name").WaitForAsync();
            await browser.CheckAsync("panel-edit", panel);
            await panel.GetByRole(AriaRole.Button, new() { Name = "Edit Bella" }).ClickAsync();
            await page.GetByRole(AriaRole.Dialog).WaitForAsync();
            await browser.CheckAsync("dialog-patient", page.GetByRole(AriaRole.Dialog));
            await browser.GoAsync(ClientPaths.Conversation(whose));
            await panel.GetByText("Who is texting?").WaitForAsync();
            await browser.CheckAsync("panel-shared", panel);
            await browser.GoAsync(ClientPaths.Conversation(unknown));
            await panel.GetByText("No client has this number").WaitForAsync();
            await browser.CheckAsync("panel-nobody", panel);
            await panel
                .GetByRole(AriaRole.Button, new() { Name = "Assign to client" })
                .ClickAsync();
            await page.GetByRole(AriaRole.Combobox).FillAsync("ruizseed");
            var option = page.GetByRole(AriaRole.Option);
            await Assertions.Expect(option).ToHaveCountAsync(1);
            await option.ClickAsync();
            await Assertions.Expect(option).ToHaveAttributeAsync("aria-selected", "true");
            await browser.CheckAsync("dialog-owner", page.GetByRole(AriaRole.Dialog));
        }
    }

    [Fact]
    public async Task The_arrow_keys_bring_every_client_of_a_long_list_into_sight()
    {
        for (var i = 0; i < 8; i++)
        {
            await clinic.AddAsync($"Number{i}", "Longlist", NewNumber());
        }
        var nobody = NewNumber();
        await clinic.App.ReceiveAsync(nobody, "Who am I?");
        await using var browser = await OpenAsync(1440, 900, dark: false);
        var page = browser.Page;
        await browser.GoAsync(ClientPaths.Conversation(await IdAsync(nobody)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Assign to client" }).ClickAsync();
        var box = page.GetByRole(AriaRole.Combobox);
        await box.FillAsync("longlist");
        var options = page.GetByRole(AriaRole.Option, new() { NameString = "Longlist" });
        await Assertions.Expect(options).ToHaveCountAsync(8);
        await browser.CheckAsync("dialog-long-list", page.GetByRole(AriaRole.Dialog));
        await Assertions.Expect(options.Last).Not.ToBeInViewportAsync();

        await box.PressAsync("ArrowUp");

        await Assertions.Expect(options.Last).ToBeInViewportAsync(new() { Ratio = 1 });
        await box.PressAsync("ArrowDown");
        await Assertions.Expect(options.First).ToBeInViewportAsync(new() { Ratio = 1 });
    }

    private async Task<Inbox.Data.Id<Conversation>> IdAsync(string number)
    {
        await using var db = clinic.App.Db();
        var phone = Number(number);
        return (await db.Conversations.SingleAsync(c => c.Number == phone, Token)).Id;
    }

    private async Task<DeskBrowser> OpenAsync(int width, int height, bool dark)
    {
        Assert.SkipUnless(File.Exists(Chromium), "Chromium is not installed.");
        using var user = await clinic.App.UserAsync(name: "Maya Chen");
        return await DeskBrowser.OpenAsync(clinic.App.Address, user, width, height, dark);
    }

    /// <summary>Ana Ruiz with everything a profile can show.</summary>
    private async Task<Client> SeedAsync()
    {
        var found = await clinic.Clients.SearchAsync("Ana Ruizseed", after: null, 1, Token);
        if (found.Clients is [var seeded])
        {
            return seeded;
        }
        var client = await clinic.AddAsync("Ana", "Ruizseed", NewNumber(), NewNumber());
        await clinic.Clients.UpdateAsync(
            client.Id,
            new ClientDraft
            {
                Email = "ana.ruiz@example.com",
                Address = "12 Elm Street\nSan Francisco, CA 94110",
                Notes = "Prefers mornings. Parks behind the building.",
                PopUpNote = "Please call before any text about money.",
                Balance = 84.5m,
            },
            Maya,
            Token
        );
        var bella = await clinic.AddPatientAsync(client, "Bella", "Dog", "Bites when cornered");
        await clinic.AddPatientAsync(client, "Miso", "Cat");
        await clinic.AddPatientAsync(client, "Clover", "Rabbit");
        await clinic.AddPatientAsync(client, "Kiwi", "Parrot");
        var nibbles = await clinic.AddPatientAsync(client, "Nibbles", "Guinea pig");
        var patients = clinic.App.Get<PatientBook>();
        await patients.UpdateAsync(
            bella.Id,
            new PatientDraft
            {
                Breed = "Beagle",
                Sex = "Female, spayed",
                BornOn = new DateOnly(2021, 4, 2),
            },
            Maya,
            Token
        );
        await patients.UpdateAsync(nibbles.Id, new PatientDraft { Deceased = true }, Maya, Token);
        var now = clinic.App.Clock.GetUtcNow();
        var consents = clinic.App.Get<ConsentBook>();
        await consents.RecordAsync(
            client.Id,
            ConsentCategory.Transactional,
            ConsentMethod.InPerson,
            ConsentTerms.Proposed(ConsentCategory.Transactional, "Our clinic"),
            now.AddDays(-20),
            Maya,
            Token
        );
        await consents.RecordAsync(
            client.Id,
            ConsentCategory.Marketing,
            ConsentMethod.OnlineForm,
            ConsentTerms.Proposed(ConsentCategory.Marketing, "Our clinic"),
            now.AddDays(-10),
            Maya,
            Token
        );
        await consents.WithdrawAsync(client.Id, ConsentCategory.Marketing, Maya, Token);
        await BookAsync(client, bella, now);
        await ConverseAsync(client);
        foreach (var name in (string[])["Igor Petrov", "Mei Lin", "Tom Baker", "Özgür Ümit"])
        {
            var words = name.Split(' ');
            await clinic.AddAsync(words[0], words[1], NewNumber());
        }
        return (await clinic.Clients.FindAsync(client.Id, Token))!;
    }

    private async Task BookAsync(Client client, Patient patient, DateTimeOffset now)
    {
        await using var db = clinic.App.Db();
        var type = new AppointmentType(
            Inbox.Data.Id<AppointmentType>.New(now),
            "Dental cleaning",
            60,
            "teal"
        );
        var visit = new Appointment(
            Inbox.Data.Id<Appointment>.New(now),
            type.Id,
            client.Id,
            patient.Id,
            now.AddDays(3),
            now.AddDays(3).AddHours(1),
            "Dr. Shah"
        );
        db.AddRange(
            type,
            visit,
            new MedicalReminder(
                Inbox.Data.Id<MedicalReminder>.New(now),
                client.Id,
                patient.Id,
                "Rabies vaccine",
                new DateOnly(2026, 1, 5)
            )
        );
        await db.SaveChangesAsync(Token);
    }

    private async Task ConverseAsync(Client client)
    {
        var number = client.Mobile!.Value;
        await clinic.App.ReceiveAsync(number.Digits, "Hi, Bella ate a sock. Should I worry?");
        var desk = clinic.App.Get<ConversationDesk>();
        await using var db = clinic.App.Db();
        var conversation = await db.Conversations.SingleAsync(c => c.Number == number, Token);
        await desk.SendAsync(
            conversation.Id,
            "Please bring her in at 3 PM, and do not feed her until then.",
            [],
            Maya,
            Token
        );
        await desk.CloseAsync(conversation.Id, Maya, Token);
    }

    /// <summary>A browser with a session at the desk.</summary>
    private sealed class DeskBrowser(
        IPlaywright playwright,
        IBrowser browser,
        IPage page,
        string name
    ) : IAsyncDisposable
    {
        private static readonly string? Pictures = Environment.GetEnvironmentVariable(
            "INBOX_PICTURES"
        );

        public static bool KeepsPictures => Pictures is not null;

        public IPage Page => page;

        public static async Task<DeskBrowser> OpenAsync(
            Uri address,
            DeskUser user,
            int width,
            int height,
            bool dark
        )
        {
            var playwright = await Playwright.CreateAsync();
            var browser = await playwright.Chromium.LaunchAsync(
                new()
                {
                    ExecutablePath = Chromium,
                    Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"],
                }
            );
            var context = await browser.NewContextAsync(
                new()
                {
                    BaseURL = address.ToString(),
                    ViewportSize = new() { Width = width, Height = height },
                    ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                    ReducedMotion = ReducedMotion.Reduce,
                }
            );
            // Two cores, several tests at once: a page may take its time, a broken one still fails.
            context.SetDefaultTimeout(60_000);
            Assertions.SetDefaultExpectTimeout(60_000);
            await context.AddCookiesAsync([user.BrowserCookie]);
            await context.AddInitScriptAsync(
                "addEventListener('DOMContentLoaded', () => document.querySelector('main').dataset.prerendered = 'yes')"
            );
            var page = await context.NewPageAsync();
            return new DeskBrowser(
                playwright,
                browser,
                page,
                $"{width}-{(dark ? "dark" : "light")}"
            );
        }

        /// <summary>Opens a page and waits until the circuit has put its own in place of the prerendered one.</summary>
        public async Task GoAsync(string path)
        {
            await page.GotoAsync(path);
            await page.WaitForFunctionAsync(
                "() => { const main = document.querySelector('main'); return main && !main.dataset.prerendered; }"
            );
        }

        /// <summary>Fails when axe finds anything at all.</summary>
        /// <param name="part">Only this part of the page; null: all of it.</param>
        public async Task CheckAsync(string what, ILocator? part = null)
        {
            await PictureAsync(what);
            await (part?.PassesAxeAsync(what) ?? page.PassesAxeAsync(what));
        }

        private async Task PictureAsync(string what)
        {
            if (Pictures is not null)
            {
                var file = what.Trim('/').Split('/') is ["clients", _, var tab]
                    ? "profile-" + tab
                    : what.Trim('/');
                await page.ScreenshotAsync(
                    new() { Path = Path.Combine(Pictures, $"{file}-{name}.png") }
                );
            }
        }

        public async ValueTask DisposeAsync()
        {
            await browser.DisposeAsync();
            playwright.Dispose();
        }
    }
}
