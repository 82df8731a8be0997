using AngleSharp.Dom;
using Bunit;
using Bunit.TestDoubles;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.SmsDefaults;
using Clinic.Inbox.Templates;
using Clinic.Inbox.Tests.Clients;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Schedule;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using Claim = System.Security.Claims.Claim;
using ClaimTypes = System.Security.Claims.ClaimTypes;

namespace Clinic.Inbox.Tests.Templates;

/// <summary>The editor over the services of a running app, with Priya, who manages the practice.</summary>
public sealed class TextEditorTests
{
    private const TemplateKind Reminder = TemplateKind.AppointmentReminder;

    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mistakes_are_named_and_marked_where_they_are_and_keep_it_from_being_saved()
    {
        await using var app = await InboxApp.StartAsync();
        await using var screen = Open(app);
        var shown = await EditAsync(screen, app);

        await shown
            .Find("textarea")
            .InputAsync("Hi {{ client.name }}\nand {{ client.frist_name }}");

        Assert.Contains(
            "Line 2, column 8: There is no variable 'client.frist_name'. Did you mean client.first_name?",
            shown.Find(".sms-problem").TextContent.Trim(),
            StringComparison.Ordinal
        );
        Assert.Equal("client.frist_name", shown.Find(".sms-marks mark").TextContent);
        var lines = shown.FindAll(".sms-marks > div");
        Assert.Equal([false, true], lines.Select(l => l.ClassList.Contains("sms-line-bad")));
        Assert.Equal("true", shown.Find("textarea").GetAttribute("aria-invalid"));
        Assert.True(shown.Button("Save").HasAttribute("disabled"));

        await shown.Find("textarea").InputAsync("Hi {{ client.first_name }}");

        Assert.Empty(shown.FindAll(".sms-problem"));
        Assert.Equal("Hi Ana", shown.Find("[data-preview]").TextContent);
        Assert.False(shown.Button("Save").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Size_encoding_and_price_stand_below_the_preview()
    {
        await using var app = await InboxApp.StartAsync();
        await using var screen = Open(app);
        var shown = await EditAsync(screen, app);

        await shown.Find("textarea").InputAsync("Hi {{ client.first_name }}");
        Assert.Equal("6 characters · GSM-7 · 1 segment", Count(shown));
        Assert.Contains("two-way texting is unlimited", shown.Markup, StringComparison.Ordinal);

        await shown.Find("textarea").InputAsync("Hi {{ client.first_name }} 🐾");
        Assert.Equal("8 characters · UCS-2 · 1 segment", Count(shown));
        Assert.Contains(
            "“🐾” is not in the basic alphabet",
            shown.Markup,
            StringComparison.Ordinal
        );

        await shown.Find("textarea").InputAsync(new string('x', 500));
        Assert.Equal("500 characters · GSM-7 · 4 segments", Count(shown));
        Assert.Contains("Shorten it to 3 or fewer", shown.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saved_text_is_in_force_and_in_the_history()
    {
        await using var app = await InboxApp.StartAsync();
        await using var screen = Open(app);
        var shown = await EditAsync(screen, app);
        Assert.True(shown.Button("Save").HasAttribute("disabled"));

        await shown.Find("textarea").InputAsync("Hi {{ client.first_name }}");
        await shown.Button("Save").ClickAsync();

        shown.WaitForAssertion(() =>
            Assert.Contains(
                "Priya Shah",
                shown.Find(".sms-history").TextContent,
                StringComparison.Ordinal
            )
        );
        Assert.Equal("Hi {{ client.first_name }}", await InForceAsync(app, ""));
        Assert.True(shown.Button("Save").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Who_saves_second_is_told_and_decides()
    {
        await using var app = await InboxApp.StartAsync();
        await using var screen = Open(app);
        var shown = await EditAsync(screen, app);
        await SaveAsync(app, "", "Sam's text", new Actor("u9", "Sam Ortiz"));

        await shown.Find("textarea").InputAsync("Priya's text");
        await shown.Button("Save").ClickAsync();

        var told = shown.WaitForElement(".sms-newer").TextContent;
        Assert.Contains("Sam Ortiz", told, StringComparison.Ordinal);
        Assert.Contains("Sam's text", told, StringComparison.Ordinal);
        Assert.Equal("Sam's text", await InForceAsync(app, ""));
        await shown.Button("Save mine over it").ClickAsync();
        shown.WaitForAssertion(() => Assert.Empty(shown.FindAll(".sms-newer")));
        Assert.Equal("Priya's text", await InForceAsync(app, ""));
    }

    [Fact]
    public async Task A_type_has_a_text_of_its_own_until_it_uses_the_clinics_again()
    {
        await using var app = await InboxApp.StartAsync();
        var type = (await Arranged.InAsync(app)).Type.Id.ToString();
        await using var screen = Open(app);
        var dialogs = screen.Render<MudDialogProvider>();
        var shown = await EditAsync(screen, app, type);
        Assert.Contains(
            "Wellness exam visits are sent the clinic's text",
            shown.Markup,
            StringComparison.Ordinal
        );

        await shown.Find("textarea").InputAsync("Only for exams");
        await shown.Button("Save").ClickAsync();
        shown.WaitForAssertion(() => shown.Button("Use the clinic's text again"));
        Assert.Equal("Only for exams", await InForceAsync(app, type));

        var asked = shown.Button("Use the clinic's text again").ClickAsync();
        dialogs.WaitForElement(".mud-dialog");
        await dialogs.Button("Use the clinic's text").ClickAsync();
        await asked;
        Assert.Equal(TemplateInfo.Of(Reminder).DefaultText, await InForceAsync(app, type));
    }

    [Fact]
    public async Task A_real_client_fills_the_preview_and_what_is_missing_is_said()
    {
        await using var app = await InboxApp.StartAsync();
        var arranged = await Arranged.InAsync(app);
        var preview = app.Get<PreviewValues>();

        var before = await preview.OfAsync(arranged.Client.Id, Reminder, null, Token);
        Assert.Equal(("Ana Ruiz", "Biscuit"), (before!.Who, before.Values["patient.name"]));
        Assert.Contains(
            before.Missing,
            m =>
                m
                    is {
                        Variables: "appointment.",
                        Says: "Ana Ruiz has no visit to come: an example stands in."
                    }
        );

        var start = app.Clock.GetUtcNow().AddDays(3);
        await app.Get<AppointmentBook>().BookAsync(arranged.Draft(start), Arranged.Maya, Token);
        var after = await preview.OfAsync(arranged.Client.Id, Reminder, arranged.Type.Id, Token);
        Assert.Equal(
            ("Wellness exam", "Dr. Osei"),
            (after!.Values["appointment.type"], after.Values["appointment.staff"])
        );
        Assert.DoesNotContain(after.Missing, m => m.Variables == "appointment.");
        Assert.Equal("Test Vets", after.Values["clinic.name"]);
        var due = await preview.OfAsync(
            arranged.Client.Id,
            TemplateKind.MedicalReminder,
            null,
            Token
        );
        Assert.Contains(
            due!.Missing,
            m => m.Says == "Nothing is due for Ana Ruiz: an example stands in."
        );
    }

    private static string Count(IRenderedComponent<Host> shown) =>
        shown.Find(".sms-count").TextContent.Trim();

    private static async Task<string> InForceAsync(InboxApp app, string scope)
    {
        await using var db = app.Db();
        return (await TemplateBook.CurrentAsync(db, Reminder, scope, Token)).Source;
    }

    private static async Task SaveAsync(InboxApp app, string scope, string text, Actor by) =>
        Assert.IsType<TemplateResult.Saved>(
            await app.Get<TemplateBook>().SaveAsync(Reminder, scope, text, null, by, Token)
        );

    private static async Task<IRenderedComponent<Host>> EditAsync(
        BunitContext screen,
        InboxApp app,
        string? type = null
    )
    {
        var texts = app.Get<SmsDefaultQueries>();
        var view = await texts.OpenAsync(Reminder, type, Token);
        return screen.Render<Host>(p =>
            p.Add(h => h.View, view!)
                .Add(h => h.Reload, async () => (await texts.OpenAsync(Reminder, type, Token))!)
        );
    }

    private static BunitContext Open(InboxApp app)
    {
        var screen = new BunitContext();
        screen.JSInterop.Mode = JSRuntimeMode.Loose;
        screen.Services.AddMudServices();
        screen.Services.AddSingleton(app.Get<TemplateBook>());
        screen.Services.AddSingleton(app.Get<PreviewValues>());
        screen.Services.AddSingleton(app.Get<ClientBook>());
        screen.Services.AddSingleton(app.Get<ClientFacts>());
        screen.Services.AddSingleton(app.Get<ClinicClock>());
        screen.Services.AddSingleton(new Announcements());
        screen
            .AddAuthorization()
            .SetAuthorized("Priya Shah")
            .SetClaims(
                new Claim(ClaimTypes.NameIdentifier, "u1"),
                new Claim(UserClaims.NameType, "Priya Shah"),
                new Claim(UserClaims.RoleType, Roles.PracticeManager)
            );
        return screen;
    }

    /// <summary>The page around the editor: reads anew when something was saved.</summary>
    public sealed class Host : ComponentBase
    {
        [Parameter]
        public SmsDefaultView View { get; set; } = null!;

        [Parameter]
        public Func<Task<SmsDefaultView>> Reload { get; set; } = null!;

        protected override void BuildRenderTree(
            Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder
        )
        {
            builder.OpenComponent<TextEditor>(0);
            builder.AddComponentParameter(1, nameof(TextEditor.View), View);
            builder.AddComponentParameter(
                2,
                nameof(TextEditor.OnSaved),
                EventCallback.Factory.Create(this, RefreshAsync)
            );
            builder.CloseComponent();
        }

        private async Task RefreshAsync() => View = await Reload();
    }
}
