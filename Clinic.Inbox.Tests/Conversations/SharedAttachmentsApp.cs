namespace Clinic.Inbox.Tests.Conversations;

/// <summary>One app for all tests of a class that leave each other's files and the clock alone.</summary>
public sealed class SharedAttachmentsApp : IAsyncLifetime
{
    internal AttachmentsApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await AttachmentsApp.StartAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
