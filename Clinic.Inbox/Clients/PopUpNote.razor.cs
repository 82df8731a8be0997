using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Clinic.Inbox.Clients;

/// <summary>What everybody must see when the profile opens, and its editing.</summary>
public sealed partial class PopUpNote(ClientBook book, ILogger<PopUpNote> log) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private bool _editing;
    private string _text = "";
    private string? _error;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Parameter, EditorRequired]
    public Client Client { get; set; } = null!;

    /// <summary>Whether a client without a note gets a button to add one.</summary>
    [Parameter]
    public bool OfferNew { get; set; }

    [Parameter]
    public EventCallback OnSaved { get; set; }

    private void Edit()
    {
        _text = Client.PopUpNote;
        _error = null;
        _editing = true;
    }

    private async Task SaveAsync()
    {
        try
        {
            var result = await book.UpdateAsync(
                Client.Id,
                new ClientDraft { PopUpNote = _text },
                (await Authentication).User.Actor(),
                _gone.Token
            );
            _error = result switch
            {
                ClientResult.Saved => null,
                ClientResult.Invalid invalid => invalid.Problem,
                _ => "This client is not there any more.",
            };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
            _error = "This could not be saved. What you typed is still here; try again.";
        }
        if (_error is null)
        {
            _editing = false;
            await OnSaved.InvokeAsync();
        }
    }

    [LoggerMessage(LogLevel.Error, "A pop-up note could not be saved")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
