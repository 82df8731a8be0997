using Clinic.Inbox.Conversations;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.ConsentPages;

/// <summary>A button that shows what the client will read before it is sent.</summary>
public sealed partial class AskByText(
    ConsentAsking asking,
    IDialogService dialogs,
    ISnackbar snackbar,
    ILogger<AskByText> log
) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private bool _busy;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Parameter, EditorRequired]
    public ConversationRow Row { get; set; } = null!;

    private async Task AskAsync()
    {
        _busy = true;
        try
        {
            var sure = await dialogs.ConfirmAsync(
                "Ask for consent by text?",
                await asking.WordsAsync(_gone.Token),
                "Send the question"
            );
            if (sure)
            {
                var by = (await Authentication).User.Actor();
                snackbar.Add(
                    await asking.AskAsync(Row.Id, by, _gone.Token)
                        ?? "Asked. A YES within 24 hours is recorded as consent by text.",
                    Severity.Normal
                );
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            snackbar.Add("The question could not be sent. Try again.", Severity.Error);
        }
        finally
        {
            _busy = false;
        }
    }

    [LoggerMessage(LogLevel.Error, "A client could not be asked for consent by text")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
