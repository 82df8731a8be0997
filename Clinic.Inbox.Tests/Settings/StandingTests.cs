using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Settings;
using Clinic.Inbox.Templates;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clinic.Inbox.Tests.Settings;

/// <summary>What the settings' first page says of the clinic.</summary>
public sealed class StandingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_is_looked_at_with_few_small_queries()
    {
        using var queries = new Queries();
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder
                .Logging.AddFilter<Queries>(
                    "Microsoft.EntityFrameworkCore.Database.Command",
                    LogLevel.Information
                )
                .Services.AddSingleton<ILoggerProvider>(queries)
        );

        var standings = await app.Get<StandingBoard>().LookAsync(Cancellation);
        var before = queries.Mine;
        queries.Follow();
        await app.Get<StandingBoard>().LookAsync(Cancellation);

        Assert.Equal(0, before);
        Assert.InRange(queries.Mine, 1, 9);
        Assert.Equal(
            [
                "Texting",
                "Carrier account",
                "Webhooks",
                "Quarantine",
                "Hours",
                "Auto-response",
                "Alerts by email",
                "SMS defaults",
                "API keys",
                "Backup",
            ],
            standings.Select(s => s.Title)
        );
        Assert.All(standings, s => Assert.StartsWith("/settings/", s.Href));
    }

    [Fact]
    public async Task A_healthy_clinic_is_told_so_and_a_troubled_one_what_is_wrong()
    {
        await using var app = await InboxApp.StartAsync();
        Assert.Equal(
            (StandingLevel.Ok, $"Two-way is on with (312) 555-0100."),
            await OfAsync(app, "Texting")
        );
        Assert.Equal(StandingLevel.Off, (await OfAsync(app, "Webhooks")).Level);
        using var text = await app.ReceiveAsync("14155550134", "Hello");
        using var nonsense = await app.PostWebhookAsync("inbound", """{"message_type":"?"}""");
        await using (var db = app.Db())
        {
            (await db.Lines.SingleAsync(Cancellation)).Pause("The account has no credit.");
            db.TemplateVersions.Add(
                new TemplateVersion(
                    Id<TemplateVersion>.New(app.Clock.GetUtcNow()),
                    TemplateKind.HelpReply,
                    "",
                    1,
                    "{{ nobody }}",
                    "by hand",
                    app.Clock.GetUtcNow()
                )
            );
            await db.SaveChangesAsync(Cancellation);
        }

        Assert.Equal(
            (StandingLevel.Attention, "Nothing is sent now. The account has no credit."),
            await OfAsync(app, "Texting")
        );
        Assert.Equal(StandingLevel.Ok, (await OfAsync(app, "Webhooks")).Level);
        Assert.Equal(StandingLevel.Attention, (await OfAsync(app, "Quarantine")).Level);
        var (level, says) = await OfAsync(app, "SMS defaults");
        Assert.Equal(StandingLevel.Attention, level);
        Assert.StartsWith("Help reply can't be read", says);
        await app.Get<LineBook>().SwitchAllAsync(AddOn.Off, new Actor("u", "Priya"), Cancellation);
        Assert.Equal(StandingLevel.Attention, (await OfAsync(app, "Texting")).Level);
    }

    [Fact]
    public async Task A_key_that_nobody_has_used_for_long_is_named()
    {
        await using var app = await InboxApp.StartAsync();
        using var api = await app.ApiClientAsync("read");
        await api.GetAsync("lines");
        Assert.Equal((StandingLevel.Ok, "1 key, in use."), await OfAsync(app, "API keys"));

        app.Clock.Advance(TimeSpan.FromDays(91));
        Assert.Equal(StandingLevel.Attention, (await OfAsync(app, "API keys")).Level);
        await api.GetAsync("lines");
        Assert.Equal(StandingLevel.Ok, (await OfAsync(app, "API keys")).Level);
    }

    [Fact]
    public async Task Managers_see_how_all_stands_and_get_there_if_they_may()
    {
        await using var app = await InboxApp.StartAsync();
        using var desk = await app.UserAsync(Roles.FrontDesk);
        using var manager = await app.UserAsync(Roles.PracticeManager);
        using var boss = await app.UserAsync(Roles.Administrator);

        Assert.DoesNotContain("standing-title", await PageAsync(desk));
        var managers = await PageAsync(manager);
        Assert.Contains("Alerts by email", managers);
        Assert.Contains("Webhooks", managers);
        Assert.Contains("an administrator's to change", managers);
        Assert.DoesNotContain($"href=\"{Paths.Lines}\"", managers);
        Assert.Contains($"href=\"{Paths.Lines}\"", await PageAsync(boss));

        static Task<string> PageAsync(DeskUser user) =>
            user.Http.GetStringAsync(Paths.Settings.TrimStart('/'), Cancellation);
    }

    private static async Task<(StandingLevel Level, string Text)> OfAsync(
        InboxApp app,
        string title
    )
    {
        var standing = (await app.Get<StandingBoard>().LookAsync(Cancellation)).Single(s =>
            s.Title == title
        );
        return (standing.Level, standing.Text);
    }

    /// <summary>Counts what Entity Framework asks the database, in the flow of the test alone.</summary>
    private sealed class Queries : ILoggerProvider, ILogger
    {
        private readonly AsyncLocal<bool> _mine = new();
        private int _count;

        public int Mine => _count;

        public void Follow() => _mine.Value = true;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (
                _mine.Value
                && eventId.Id
                    == Microsoft
                        .EntityFrameworkCore
                        .Diagnostics
                        .RelationalEventId
                        .CommandExecuted
                        .Id
            )
            {
                Interlocked.Increment(ref _count);
            }
        }

        public void Dispose() { }
    }
}
