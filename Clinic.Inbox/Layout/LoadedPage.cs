using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Layout;

/// <summary>A page that shows what the database holds: it loads it, and when that fails it offers to try again.</summary>
public abstract partial class LoadedPage(ILogger log) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();

    /// <summary>Ends with the page.</summary>
    protected CancellationToken Cancellation { get; private set; }

    /// <summary>The last load failed: show an <see cref="ErrorState"/> that calls <see cref="ReloadAsync"/>.</summary>
    protected bool Failed { get; private set; }

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync();

    protected override void OnInitialized() => Cancellation = _leaving.Token;

    protected override Task OnInitializedAsync() => ReloadAsync();

    protected async Task ReloadAsync()
    {
        try
        {
            await LoadAsync();
            Failed = false;
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            // Nobody looks any more.
        }
        catch (Exception failure)
        {
            LogFailed(log, failure, GetType().Name);
            Failed = true;
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _leaving.Cancel();
            _leaving.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Error, "The page {Page} could not be loaded")]
    private static partial void LogFailed(ILogger log, Exception failure, string page);
}
