using Bunit;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Reminders;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace Clinic.Inbox.Tests.Conversations.Inbox;

/// <summary>Renders parts of the inbox as a live page does; what scripts do is Playwright's to test.</summary>
public abstract class InboxParts : BunitContext
{
    protected InboxParts()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<ClinicNumbers>();
        Services.AddSingleton(provider =>
        {
            var clock = new ClinicClock(provider.GetRequiredService<TimeProvider>());
            clock.UseZone("America/Chicago");
            return clock;
        });
        Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        Services.AddSingleton<AttachmentStore>();
        Services.AddSingleton<Pictures>();
        Services.AddSingleton<AttachmentIntake>();
        // No test of a part has a database: what a reminder is about is an addition that may fail.
        Services.AddSingleton<IDbContextFactory<InboxDb>, NoDatabase>();
        Services.AddSingleton<SentReminders>();
        Services.AddSingleton<SentDocuments>();
        // Last: it closes the list of services.
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }
}

internal sealed class NoDatabase : IDbContextFactory<InboxDb>
{
    public InboxDb CreateDbContext() => throw new InvalidOperationException("No database here.");
}
