using Bunit;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Clients;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Claim = System.Security.Claims.Claim;
using ClaimTypes = System.Security.Claims.ClaimTypes;

namespace Clinic.Inbox.Tests.Schedule;

/// <summary>The Day page over the services of a running app, with Maya at the desk.</summary>
public sealed class DayPageLiveTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Ten = new(2026, 11, 10, 16, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BunitContext _screen = new();
    private InboxApp _app = null!;
    private Id<Appointment> _visit;

    private AppointmentBook Book => _app.Get<AppointmentBook>();

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await InboxApp.StartAsync();
        var clinic = await Arranged.InAsync(_app);
        var booked = await Book.BookAsync(clinic.Draft(Ten), Arranged.Maya, Ct);
        _visit = Assert.IsType<BookResult.Done>(booked).Appointment.Id;

        _screen.JSInterop.Mode = JSRuntimeMode.Loose;
        _screen.Services.AddMudServices();
        _screen.Services.AddSingleton(Book);
        _screen.Services.AddSingleton(_app.Get<ScheduleQueries>());
        _screen.Services.AddSingleton(_app.Get<VisitReminders>());
        _screen.Services.AddSingleton(_app.Get<PreVisitForms>());
        _screen.Services.AddSingleton(_app.Get<InboxQueries>());
        _screen.Services.AddSingleton(_app.Get<ConversationDesk>());
        _screen.Services.AddSingleton(_app.Get<Feed>());
        _screen.Services.AddSingleton(_app.Get<ClinicClock>());
        _screen.Services.AddSingleton(_app.Get<ClinicNumbers>());
        _screen.Services.AddSingleton(_app.Get<TimeProvider>());
        _screen.Services.AddSingleton(new Announcements());
        _screen.Services.AddSingleton(new LightSignal());
        _screen
            .AddAuthorization()
            .SetAuthorized(Arranged.Maya.Name)
            .SetClaims(
                new Claim(ClaimTypes.NameIdentifier, Arranged.Maya.Id),
                new Claim(UserClaims.NameType, Arranged.Maya.Name),
                new Claim(UserClaims.RoleType, Roles.FrontDesk)
            );
    }

    public async ValueTask DisposeAsync()
    {
        await _screen.DisposeAsync();
        await _app.DisposeAsync();
    }

    /// <summary>The page may be drawing something of its own just then: what is chosen shows after that.</summary>
    private static async Task ChooseAsync(IRenderedComponent<DayPage> page)
    {
        await page.PressAsync(() => page.Find(".visit"));
        page.WaitForElement(".visit-acts", Patience);
    }

    [Fact]
    public async Task What_somebody_else_confirms_shows_on_an_open_day()
    {
        var page = Open();
        Assert.Equal("Booked", Status(page));

        await Book.ConfirmAsync(_visit, new Actor("priya", "Priya"), Ct);

        page.WaitForAssertion(() => Assert.Equal("Confirmed", Status(page)), Patience);
    }

    [Fact]
    public async Task A_visit_that_moves_to_another_day_leaves_this_one()
    {
        var page = Open();

        await Book.MoveAsync(
            _visit,
            Ten.AddDays(1),
            Ten.AddDays(1).AddMinutes(30),
            staff: null,
            Arranged.Maya,
            Ct
        );

        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".visit")), Patience);
    }

    [Fact]
    public async Task Arriving_is_one_click_and_the_audit_log_names_who_clicked()
    {
        var page = Open();
        await ChooseAsync(page);

        await page.InvokeAsync(() => Act(page, "Arrived").ClickAsync());

        page.WaitForAssertion(() => Assert.Equal("Arrived", Status(page)), Patience);
        await using var db = _app.Db();
        var note = await db.Audit.SingleAsync(a => a.Action == "appointment.arrived", Ct);
        Assert.Equal(Arranged.Maya.Id, note.ActorId);
    }

    [Fact]
    public async Task A_cancelled_visit_offers_only_the_way_back()
    {
        await Book.CancelAsync(_visit, Arranged.Maya, Ct);
        var page = Open();
        await ChooseAsync(page);

        Assert.Equal(
            "Back to booked",
            Assert.Single(page.FindAll(".visit-acts button")).TextContent
        );
    }

    [Fact]
    public async Task Text_opens_the_clients_conversation()
    {
        var page = Open();
        await ChooseAsync(page);

        await page.InvokeAsync(() => page.Find(".visit-phones button").ClickAsync());

        await using var db = _app.Db();
        var conversation = await db.Conversations.SingleAsync(Ct);
        Assert.Equal(
            ("Ana Ruiz", "+13125550134"),
            (conversation.ClientName, conversation.Number.Value)
        );
        Assert.EndsWith(
            $"{Paths.Inbox}/{conversation.Id}",
            _screen.Services.GetRequiredService<NavigationManager>().Uri,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_address_that_names_no_day_leads_to_today()
    {
        _screen.Render<DayPage>(page => page.Add(p => p.Date, "2026-02-30"));

        Assert.EndsWith(
            Paths.Day,
            _screen.Services.GetRequiredService<NavigationManager>().Uri,
            StringComparison.Ordinal
        );
    }

    private IRenderedComponent<DayPage> Open() =>
        _screen.Render<DayPage>(page => page.Add(p => p.Date, "2026-11-10"));

    private static string Status(IRenderedComponent<DayPage> page) =>
        page.Find(".visit .visit-status-word").TextContent;

    private static AngleSharp.Dom.IElement Act(IRenderedComponent<DayPage> page, string word) =>
        page.FindAll(".visit-acts button").Single(button => button.TextContent == word);
}
