using Bunit;
using Bunit.TestDoubles;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Clients;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using static Clinic.Inbox.Tests.Reminders.CareFixture;
using Claim = System.Security.Claims.Claim;
using ClaimTypes = System.Security.Claims.ClaimTypes;

namespace Clinic.Inbox.Tests.Reminders;

/// <summary>The Reminders tab over the services of a running app, with Maya at the desk.</summary>
public sealed class ProfileRemindersTests(CareFixture clinic)
    : IClassFixture<CareFixture>,
        IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BunitContext _screen = Screen(clinic);

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _screen.DisposeAsync();

    [Fact]
    public async Task It_says_what_is_due_and_why_nothing_is_texted_about_it()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var rabies = await clinic.ItemAsync("Rabies vaccine", Every(365, [3]));
        await clinic.DueAsync(patient, rabies, today.AddDays(10));
        await clinic.DueAsync(patient, await clinic.ItemAsync("Nail trim"), today.AddDays(-2));
        await clinic.DueAsync(patient, item: null, today.AddDays(20));
        await clinic.PlannedAsync(client, 1);

        var tab = await OpenAsync(client);

        var due = tab.FindAll(".due-item").Select(d => d.TextContent).ToList();
        Assert.Equal(3, due.Count);
        Assert.Contains("Overdue since", due[0], StringComparison.Ordinal);
        Assert.Contains(ActionWords.None, due[0], StringComparison.Ordinal);
        Assert.Contains("next text", due[1], StringComparison.Ordinal);
        Assert.Contains("no inventory item", due[2], StringComparison.Ordinal);
        Assert.Equal("Planned", Assert.Single(tab.FindAll(".reminder-item .chip")).TextContent);
        Assert.Empty(tab.FindAll(".notice"));
    }

    [Fact]
    public async Task It_says_that_nothing_reaches_a_client_without_consent_or_with_no_wish_for_reminders()
    {
        var (client, _) = await clinic.OwnerAsync(consents: false);
        var tab = await OpenAsync(client);
        Assert.Contains("no consent", Notice(tab), StringComparison.Ordinal);

        await tab.InvokeAsync(() =>
            tab.FindAll(".preference-way")
                .Single(l => l.TextContent.Trim() == ReminderPreference.None.Name())
                .QuerySelector("input")!
                .Change(true)
        );

        tab.WaitForAssertion(
            () =>
            {
                using var db = clinic.App.Db();
                Assert.Equal(
                    ReminderPreference.None,
                    db.Clients.Single(c => c.Id == client.Id).ReminderPreference
                );
            },
            Patience
        );
        var again = await OpenAsync(client);
        Assert.Contains("no reminders", Notice(again), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_recorded_as_given_is_listed_and_due_again()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var rabies = await clinic.ItemAsync("Rabies vaccine", Every(365, [3]));
        await clinic.DueAsync(patient, rabies, today.AddDays(10));
        var dialogs = _screen.Render<MudDialogProvider>();
        var tab = await OpenAsync(client);

        await tab.PressAsync(() =>
            tab.Find("button[aria-label='Record Rabies vaccine as given to Bella']")
        );
        dialogs.WaitForElement("#care-form", Patience).Submit();

        var next = ReminderWords.Day(today.AddDays(365));
        tab.WaitForAssertion(
            () =>
                Assert.Contains(next, tab.Find(".due-item").TextContent, StringComparison.Ordinal),
            Patience
        );
        Assert.Contains(
            "Rabies vaccine",
            tab.Find("section[aria-labelledby='profile-given']").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_not_wanted_goes_and_comes_back()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var today = await clinic.TodayAsync();
        var due = await clinic.DueAsync(patient, item: null, today);
        var tab = await OpenAsync(client);

        await tab.PressAsync(() =>
            tab.Find("button[aria-label='Check-up for Bella is not wanted']")
        );
        const string Back = "button[aria-label='Check-up for Bella is due after all']";
        tab.WaitForElement(Back, Patience);
        Assert.Equal(MedicalState.Dismissed, (await clinic.MedicalAsync(patient))[0].State);
        await tab.PressAsync(() => tab.Find(Back));

        tab.WaitForElement("button[aria-label='Check-up for Bella is not wanted']", Patience);
        Assert.Equal((due.Id, MedicalState.Due), Only(await clinic.MedicalAsync(patient)));
    }

    [Fact]
    public async Task The_gear_sends_a_reminder_again_and_the_tab_follows_it()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var id = await clinic.RemindNowAsync(client, patient);
        await clinic.UntilAsync(id, ReminderStanding.Delivered);
        var tab = await OpenAsync(client);

        await tab.PressAsync(() =>
            tab.FindAll(".reminder-item [role=menuitem]")
                .Single(b => b.TextContent.Trim() == "Resend")
        );

        tab.WaitForAssertion(
            () =>
                Assert.Equal(
                    ["Delivered", "Delivered"],
                    tab.FindAll(".reminder-item .chip").Select(c => c.TextContent)
                ),
            Patience
        );
    }

    [Fact]
    public async Task A_refusal_says_why()
    {
        var (client, patient) = await clinic.OwnerAsync();
        var reminder = Planned(client, patient, clinic.App.Clock.GetUtcNow().AddDays(1));
        await using (var db = clinic.App.Db())
        {
            db.PlannedReminders.Add(reminder);
            await db.SaveChangesAsync(Ct);
        }
        var bar = _screen.Render<MudSnackbarProvider>();
        var tab = await OpenAsync(client);

        await tab.PressAsync(() => tab.Find(".reminder-item [role=menuitem]"));

        bar.WaitForAssertion(
            () => Assert.Contains("it is planned", bar.Markup, StringComparison.Ordinal),
            Patience
        );
    }

    private static (Id<MedicalReminder>, MedicalState) Only(
        IReadOnlyList<MedicalReminder> reminders
    ) => (Assert.Single(reminders).Id, reminders[0].State);

    private static string Notice(IRenderedComponent<ProfileReminders> tab) =>
        tab.Find(".notice").TextContent;

    private async Task<IRenderedComponent<ProfileReminders>> OpenAsync(Client client)
    {
        var card = await clinic.App.Get<ClientFacts>().CardAsync(client.Id, Ct);
        var tab = _screen.Render<ProfileReminders>(t => t.Add(p => p.Card, card!));
        tab.WaitForElement("#profile-due", Patience);
        return tab;
    }

    private static BunitContext Screen(CareFixture clinic)
    {
        var screen = new BunitContext();
        screen.JSInterop.Mode = JSRuntimeMode.Loose;
        screen.Services.AddMudServices();
        var app = clinic.App;
        screen.Services.AddSingleton(app.Get<ClientBook>());
        screen.Services.AddSingleton(app.Get<CareQueries>());
        screen.Services.AddSingleton(app.Get<ReminderQueries>());
        screen.Services.AddSingleton(app.Get<MedicalReminderBook>());
        screen.Services.AddSingleton(app.Get<InventoryBook>());
        screen.Services.AddSingleton(app.Get<ReminderDesk>());
        screen.Services.AddSingleton(app.Get<ConversationDesk>());
        screen.Services.AddSingleton(app.Get<Feed>());
        screen.Services.AddSingleton(app.Get<ClinicClock>());
        screen.Services.AddSingleton(new Announcements());
        screen.Services.AddScoped<ReminderActions>();
        screen
            .AddAuthorization()
            .SetAuthorized(Maya.Name)
            .SetClaims(
                new Claim(ClaimTypes.NameIdentifier, Maya.Id),
                new Claim(UserClaims.NameType, Maya.Name),
                new Claim(UserClaims.RoleType, Roles.FrontDesk)
            );
        return screen;
    }
}
