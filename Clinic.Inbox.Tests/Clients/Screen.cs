using Bunit;
using Bunit.TestDoubles;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using Claim = System.Security.Claims.Claim;
using ClaimTypes = System.Security.Claims.ClaimTypes;

namespace Clinic.Inbox.Tests.Clients;

/// <summary>Components of Clients over the services of a running app, with Maya at the desk.</summary>
internal static class Screen
{
    public static BunitContext Open(ClinicFixture clinic)
    {
        var screen = new BunitContext();
        screen.JSInterop.Mode = JSRuntimeMode.Loose;
        screen.Services.AddMudServices();
        var app = clinic.App;
        screen.Services.AddSingleton(app.Get<ClientBook>());
        screen.Services.AddSingleton(app.Get<PatientBook>());
        screen.Services.AddSingleton(app.Get<ConsentBook>());
        screen.Services.AddSingleton(app.Get<ClientFacts>());
        screen.Services.AddSingleton(app.Get<ConsentAsking>());
        screen.Services.AddSingleton(app.Get<ConversationDesk>());
        screen.Services.AddSingleton(app.Get<InboxQueries>());
        screen.Services.AddSingleton(app.Get<Feed>());
        screen.Services.AddSingleton(app.Get<ClinicClock>());
        screen.Services.AddSingleton(app.Get<TimeProvider>());
        screen.Services.AddSingleton(app.Get<ReadLog>());
        screen.Services.AddSingleton(new Announcements());
        screen
            .AddAuthorization()
            .SetAuthorized(ClinicFixture.Maya.Name)
            .SetClaims(
                new Claim(ClaimTypes.NameIdentifier, ClinicFixture.Maya.Id),
                new Claim(UserClaims.NameType, ClinicFixture.Maya.Name),
                new Claim(UserClaims.RoleType, Roles.FrontDesk)
            );
        return screen;
    }

    /// <summary>Dialogs appear in what is rendered here.</summary>
    public static (IRenderedComponent<MudDialogProvider> Shown, IDialogService Dialogs) Dialogs(
        this BunitContext screen
    ) => (screen.Render<MudDialogProvider>(), screen.Services.GetRequiredService<IDialogService>());

    /// <summary>The input whose label says <paramref name="label"/>.</summary>
    public static AngleSharp.Dom.IElement Field<T>(this IRenderedComponent<T> shown, string label)
        where T : Microsoft.AspNetCore.Components.IComponent
    {
        var found = shown
            .FindAll("label")
            .Single(l => l.TextContent.Trim().StartsWith(label, StringComparison.Ordinal));
        return found.GetAttribute("for") is { } id
            ? shown.Find("#" + id)
            : found.QuerySelector("input")!;
    }

    public static AngleSharp.Dom.IElement Button<T>(this IRenderedComponent<T> shown, string text)
        where T : Microsoft.AspNetCore.Components.IComponent =>
        shown
            .FindAll("button")
            .First(b => (b.GetAttribute("aria-label") ?? b.TextContent).Trim() == text);

    /// <summary>
    /// Finds and clicks in one turn of the renderer: what happens meanwhile is drawn before or after, and takes no handler
    /// away in between. Returns as soon as it is clicked, also where the click opens a dialog.
    /// </summary>
    public static Task PressAsync<T>(
        this IRenderedComponent<T> shown,
        Func<AngleSharp.Dom.IElement> find
    )
        where T : Microsoft.AspNetCore.Components.IComponent =>
        shown.InvokeAsync(() => find().Click());
}
