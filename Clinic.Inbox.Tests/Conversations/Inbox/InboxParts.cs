using Bunit;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace Clinic.Inbox.Tests.Conversations.Inbox;

/// <summary>Renders parts of the inbox as a live page does; what scripts do is Playwright's to test.</summary>
public abstract class InboxParts : BunitContext
{
    protected InboxParts()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        Services.AddMudServices();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<ClinicNumbers>();
        Services.AddSingleton(provider =>
        {
            var clock = new ClinicClock(provider.GetRequiredService<TimeProvider>());
            clock.UseZone("America/Chicago");
            return clock;
        });
    }
}
