using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Documents;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Clinic.Inbox.Tests.EndToEnd;

/// <summary>Documents by text as people see them, at the desk and on a phone. With INBOX_PICTURES set, each page is kept there as a picture.</summary>
public sealed class DocumentsInBrowserTests(BrowserFixture browsers) : IAsyncLifetime
{
    private const string Phone = "14155550134";

    private InboxApp _app = null!;
    private Client _client = null!;
    private Patient _patient = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await SimulatorClient.StartAsync();
        _client = Assert
            .IsType<ClientResult.Saved>(
                await _app.Get<ClientBook>()
                    .CreateAsync(
                        new ClientDraft
                        {
                            FirstName = "Ana",
                            LastName = "Ruiz",
                            Phones = [new PhoneDraft("+" + Phone, PhoneType.Mobile)],
                        },
                        Scene.Receptionist,
                        Cancellation
                    )
            )
            .Client;
        await _app.Get<ConsentBook>()
            .RecordAsync(
                _client.Id,
                ConsentCategory.Transactional,
                ConsentMethod.InPerson,
                "May we text you?",
                _app.Clock.GetUtcNow(),
                Scene.Receptionist,
                Cancellation
            );
        _patient = await _app.PatientAsync(_client, "Bella");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_form_is_sent_filled_in_on_a_phone_and_its_answers_appear_at_the_desk()
    {
        await _app.FormAsync();
        await _app.TextTheClinicAsync(Phone, "Hello, we are new here");
        using var dana = await _app.UserAsync(name: "Dana Reed");
        var desk = await browsers.PageAsync(_app, dana);
        var profile = await browsers.PageAsync(_app, dana);
        await profile.GoLiveAsync(ClientPaths.Profile(_client.Id, "documents"));
        await desk.GoLiveAsync(Paths.Inbox);
        await desk.Locator("[data-row]").First.ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Send document" }).ClickAsync();
        var dialog = desk.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("What to send").SelectOptionAsync("Form");
        await dialog
            .GetByLabel("Form", new() { Exact = true })
            .SelectOptionAsync(new SelectOptionValue { Label = "New patient" });
        await dialog
            .GetByLabel("About (optional)")
            .SelectOptionAsync(new SelectOptionValue { Label = "Bella" });
        await Expect(dialog.Locator(".document-preview"))
            .ToContainTextAsync("Our clinic: a form to fill in for Bella");
        await Expect(dialog.Locator(".document-consent")).ToContainTextAsync("Under consent of");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(desk.Locator(".msg-ours .msg-note")).ToContainTextAsync("Not opened yet");
        await Expect(profile.Locator(".document-item .chip")).ToHaveTextAsync("Not opened yet");

        var phone = await PhoneAsync();
        await phone.GotoAsync($"d/{await LinkOnThePhoneAsync()}");
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("A form to fill in");
        await phone.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await phone.GetByLabel("Name of your pet").FillAsync("Bella");
        await phone.GetByLabel("Dog", new() { Exact = true }).CheckAsync();
        await phone.GetByLabel("Rabies").CheckAsync();
        await phone.GetByLabel("Yes").CheckAsync();
        await phone.GetByRole(AriaRole.Button, new() { Name = "Send to the clinic" }).ClickAsync();
        // The signature is missing: named where it is, and nothing typed is lost.
        await Expect(phone.GetByRole(AriaRole.Alert)).ToContainTextAsync("Signature");
        await Expect(phone.GetByLabel("Name of your pet")).ToHaveValueAsync("Bella");
        await Expect(desk.Locator(".msg-ours .msg-note")).ToContainTextAsync("Opened");
        await phone.GetByLabel("Signature").FillAsync("Ana Ruiz");
        await phone.GetByRole(AriaRole.Button, new() { Name = "Send to the clinic" }).ClickAsync();
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("Thank you");

        await Expect(desk.Locator(".answered-form"))
            .ToContainTextAsync("Ana Ruiz filled in “New patient”");
        await Expect(profile.Locator(".document-item .chip")).ToHaveTextAsync("Answered");
        await CheckAsync(desk, "thread-desk");
        var onThePhone = await browsers.PageAsync(
            _app,
            dana,
            options => options.ViewportSize = new ViewportSize { Width = 390, Height = 844 }
        );
        await onThePhone.GoLiveAsync(new Uri(desk.Url).AbsolutePath);
        await Expect(onThePhone.Locator(".answered-form")).ToBeVisibleAsync();
        await CheckAsync(onThePhone, "thread-phone");
        await desk.Locator(".answered-form").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(desk.Locator(".answers")).ToContainTextAsync("Ana Ruiz");
        await Expect(desk.Locator(".answers")).ToContainTextAsync("Left open");
    }

    [Fact]
    public async Task A_form_is_built_and_a_file_joins_the_library()
    {
        using var manager = await _app.UserAsync(Roles.PracticeManager);
        var page = await browsers.PageAsync(_app, manager);
        await page.GoLiveAsync(Paths.Forms + "/new");
        await page.GetByLabel("Title").FillAsync("Surgery consent");
        await page.GetByLabel("Question", new() { Exact = true }).FillAsync("Signature");
        await page.GetByLabel("Kind of answer").SelectOptionAsync("Signature");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add question" }).ClickAsync();
        await page.GetByLabel("Question", new() { Exact = true })
            .Nth(1)
            .FillAsync("Fasted since midnight?");
        await page.GetByLabel("Kind of answer").Nth(1).SelectOptionAsync("YesNo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Move question 2 up" }).ClickAsync();
        await Expect(page.GetByLabel("Question", new() { Exact = true }).First)
            .ToHaveValueAsync("Fasted since midnight?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save form" }).ClickAsync();
        await Expect(page.Locator(".form-row")).ToContainTextAsync("2 questions · version 1");

        await page.GoLiveAsync(Paths.Library);
        await page.GetByLabel("Add a photo or PDF")
            .ChooseAsync(
                new FilePayload
                {
                    Name = "Price list.pdf",
                    MimeType = "application/pdf",
                    Buffer = SampleFiles.Pdf(),
                }
            );
        await Expect(page.Locator(".library-row")).ToContainTextAsync("Price list");
        await page.GetByLabel("Add a form")
            .SelectOptionAsync(new SelectOptionValue { Label = "Surgery consent" });
        await Expect(page.Locator(".library-row")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename Price list" }).ClickAsync();
        await page.GetByLabel("New name of Price list").FillAsync("Prices 2027");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".library-row").First).ToContainTextAsync("Prices 2027");

        await page.GoLiveAsync(ClientPaths.Profile(_client.Id, "documents"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Send document" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("What to send").SelectOptionAsync("Library");
        await dialog
            .GetByLabel("File or form")
            .SelectOptionAsync(new SelectOptionValue { Label = "Prices 2027" });
        await dialog.GetByLabel("Ask for the client's last name").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.Locator(".document-item")).ToContainTextAsync("Prices 2027");

        var phone = await PhoneAsync();
        await phone.GotoAsync($"d/{await LinkOnThePhoneAsync()}");
        await phone.GetByLabel("Your last name").FillAsync("ruiz");
        await phone.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Expect(phone.GetByRole(AriaRole.Link, new() { Name = "Read it" })).ToBeVisibleAsync();
        await Expect(page.Locator(".document-item .chip")).ToHaveTextAsync("Opened");
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw: Prices 2027" })
            .ClickAsync();
        await page.GetByRole(AriaRole.Dialog)
            .GetByRole(AriaRole.Button, new() { Name = "Withdraw", Exact = true })
            .ClickAsync();
        await Expect(page.Locator(".document-item .chip")).ToHaveTextAsync("Withdrawn");
        await phone.ReloadAsync();
        await Expect(phone.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("This was withdrawn");
    }

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(1440, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Every_page_reads_well_for_everybody(int width, int height, ColorScheme colors)
    {
        var form = await _app.FormAsync();
        using var manager = await _app.UserAsync(Roles.PracticeManager);
        await _app.Get<Library>()
            .AddFileAsync(
                "Price list",
                await _app.ChoosesAsync(SampleFiles.Pdf()),
                Scene.Receptionist,
                Cancellation
            );
        var (answered, token) = await _app.SentAsync(
            new DocumentDraft(_client.Id, new DocumentContent.Form(form.Id))
            {
                PatientId = _patient.Id,
                AsksLastName = true,
            }
        );
        var (_, update) = await _app.SentAsync(
            new DocumentDraft(
                _client.Id,
                new DocumentContent.Update(
                    "She woke up well and ate a little.",
                    await _app.ChoosesAsync(SampleFiles.Jpeg(800, 600), "bella.jpg")
                )
            )
            {
                PatientId = _patient.Id,
            }
        );
        var name = $"{width}-{colors}";
        void Adjust(BrowserNewContextOptions options)
        {
            options.ViewportSize = new ViewportSize { Width = width, Height = height };
            options.ColorScheme = colors;
        }
        var page = await browsers.PageAsync(_app, manager, Adjust);
        await LookAsync(page, Paths.Forms, ".form-row", $"forms-{name}");
        await LookAsync(page, $"{Paths.Forms}/{form.Id}", ".question-editor", $"form-{name}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview", Exact = true })
            .ClickAsync();
        await Expect(page.Locator(".form-question").First).ToBeVisibleAsync();
        await CheckAsync(page, $"form-preview-{name}");
        await LookAsync(page, Paths.Library, ".library-row", $"library-{name}");
        var tab = ClientPaths.Profile(_client.Id, "documents");
        await LookAsync(page, tab, ".document-item", $"documents-{name}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send document" }).ClickAsync();
        await Expect(page.Locator(".document-preview")).ToBeVisibleAsync();
        await CheckAsync(page, $"send-{name}");
        await page.GetByRole(AriaRole.Dialog)
            .GetByLabel("Photo or PDF")
            .ChooseAsync(
                new FilePayload
                {
                    Name = "bella.jpg",
                    MimeType = "image/jpeg",
                    Buffer = SampleFiles.Jpeg(800, 600),
                }
            );
        await Expect(page.GetByLabel("As picture message")).ToBeVisibleAsync();
        await CheckAsync(page, $"send-picture-{name}");

        var client = await browsers.PageAsync(_app, user: null, Adjust);
        await client.GotoAsync($"d/{token}");
        await CheckAsync(client, $"link-{name}");
        await client.GetByLabel("Your last name").FillAsync("Nobody");
        await client.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Expect(client.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await CheckAsync(client, $"link-wrong-{name}");
        await client.GetByLabel("Your last name").FillAsync("Ruiz");
        await client.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Expect(client.GetByLabel("Name of your pet")).ToBeVisibleAsync();
        await CheckAsync(client, $"answer-{name}");
        await client.GetByRole(AriaRole.Button, new() { Name = "Send to the clinic" }).ClickAsync();
        await Expect(client.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await CheckAsync(client, $"answer-wrong-{name}");
        await client.GotoAsync($"d/{update}");
        await client.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Expect(client.Locator(".document-picture")).ToBeVisibleAsync();
        await Expect(client.Locator(".document-picture"))
            .ToHaveJSPropertyAsync("complete", value: true);
        await CheckAsync(client, $"update-{name}");
        await client.GotoAsync("d/nothing");
        await CheckAsync(client, $"unknown-{name}");

        await _app.Get<DocumentDoor>()
            .AnswerAsync(
                answered.Id,
                key => [Papers.Answers.Single(a => a.Name == "answer." + key).Value],
                Cancellation
            );
        await LookAsync(
            page,
            ClientPaths.Document(_client.Id, answered.Id),
            ".answers",
            $"answers-{name}"
        );
    }

    private Task<IPage> PhoneAsync() =>
        browsers.PageAsync(
            _app,
            user: null,
            options =>
            {
                options.ViewportSize = new ViewportSize { Width = 390, Height = 844 };
                // A form must work where scripts do not.
                options.JavaScriptEnabled = false;
            }
        );

    /// <summary>The token of the newest link that the handset shows.</summary>
    private Task<string> LinkOnThePhoneAsync() =>
        Eventually.GetAsync(
            async () =>
                (await _app.ItemsAsync($"handsets/{Phone}/messages"))
                    .Select(m => Papers.TokenIn(m.Text("text")))
                    .LastOrDefault(token => token.Length > 0),
            "the link reaches the phone"
        );

    private static async Task LookAsync(IPage page, string path, string shows, string picture)
    {
        await page.GoLiveAsync(path);
        await Expect(page.Locator(shows).First).ToBeVisibleAsync();
        await CheckAsync(page, picture);
    }

    private static async Task CheckAsync(IPage page, string picture)
    {
        if (Environment.GetEnvironmentVariable("INBOX_PICTURES") is { } folder)
        {
            await page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, picture + ".png"), FullPage = true }
            );
        }
        var wider = await page.EvaluateAsync<bool>(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        );
        Assert.False(wider, $"{picture} scrolls sideways");
        await page.PassesAxeAsync(picture);
    }
}
