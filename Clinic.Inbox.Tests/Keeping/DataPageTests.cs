using System.Globalization;
using Bunit;
using Bunit.TestDoubles;
using Clinic.Inbox.Data;
using Clinic.Inbox.Keeping;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Clients;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using Claim = System.Security.Claims.Claim;
using ClaimTypes = System.Security.Claims.ClaimTypes;

namespace Clinic.Inbox.Tests.Keeping;

/// <summary>The page of retention over a database that answers when it is told to.</summary>
public sealed class DataPageTests
{
    [Fact]
    public async Task It_is_saved_once_it_was_counted_and_an_older_answer_comes_too_late()
    {
        await using var app = await InboxApp.StartAsync();
        var slow = new SlowDatabases(app.Get<IDbContextFactory<InboxDb>>());
        await using var screen = Open(app, slow);
        var shown = screen.Render<DataPage>();
        shown.WaitForAssertion(() => Assert.NotEmpty(shown.FindAll("#months")));

        var longest = slow.Hold();
        var choosing = shown.Find("#months").ChangeAsync("120");
        var shortest = slow.Hold();
        var choosingAgain = shown.Find("#months").ChangeAsync("6");

        Assert.True(shown.Button("Save").HasAttribute("disabled"));
        await shown.Find("form").SubmitAsync();
        Assert.Empty(shown.FindAll("[role=alert]"));
        shortest.SetResult();
        await choosingAgain;
        longest.SetResult();
        await choosing;
        Assert.False(shown.Button("Save").HasAttribute("disabled"));
        var outlook = shown.Find("#outlook").TextContent;
        Assert.Contains("Now it would delete", outlook, StringComparison.Ordinal);
        var tenYearsAgo = RetentionSettings.Before(120, app.Get<TimeProvider>().GetUtcNow()).Year;
        Assert.DoesNotContain(
            tenYearsAgo.ToString(CultureInfo.InvariantCulture),
            outlook,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_could_not_be_counted_is_said_and_chosen_anew()
    {
        await using var app = await InboxApp.StartAsync();
        var slow = new SlowDatabases(app.Get<IDbContextFactory<InboxDb>>());
        await using var screen = Open(app, slow);
        var shown = screen.Render<DataPage>();
        shown.WaitForAssertion(() => Assert.NotEmpty(shown.FindAll("#months")));
        slow.Hold().SetException(new IOException("The database is away."));

        await shown.Find("#months").ChangeAsync("24");

        Assert.Single(screen.Services.GetRequiredService<ISnackbar>().ShownSnackbars);
        Assert.Contains(
            "Nothing is deleted by itself",
            shown.Find("#outlook").TextContent,
            StringComparison.Ordinal
        );
    }

    private static BunitContext Open(InboxApp app, IDbContextFactory<InboxDb> databases)
    {
        var screen = new BunitContext();
        screen.JSInterop.Mode = JSRuntimeMode.Loose;
        screen.Services.AddMudServices();
        screen.Services.AddSingleton(
            new RetentionBook(app.Get<InboxWriter>(), databases, app.Get<TimeProvider>())
        );
        screen.Services.AddSingleton(app.Get<BackupBook>());
        screen.Services.AddSingleton(app.Get<BackupSettings>());
        screen.Services.AddSingleton(app.Get<ClinicClock>());
        screen.Services.AddSingleton(app.Get<TimeProvider>());
        screen
            .AddAuthorization()
            .SetAuthorized("Alex Morgan")
            .SetClaims(
                new Claim(ClaimTypes.NameIdentifier, "u1"),
                new Claim(UserClaims.NameType, "Alex Morgan"),
                new Claim(UserClaims.RoleType, Roles.Administrator)
            );
        return screen;
    }

    private sealed class SlowDatabases(IDbContextFactory<InboxDb> databases)
        : IDbContextFactory<InboxDb>
    {
        private TaskCompletionSource? _held;

        /// <summary>Whoever asks next waits until this is done.</summary>
        public TaskCompletionSource Hold() =>
            _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public InboxDb CreateDbContext() => databases.CreateDbContext();

        public async Task<InboxDb> CreateDbContextAsync(
            CancellationToken cancellationToken = default
        )
        {
            if (Interlocked.Exchange(ref _held, null) is { } held)
            {
                await held.Task;
            }
            return await databases.CreateDbContextAsync(cancellationToken);
        }
    }
}
