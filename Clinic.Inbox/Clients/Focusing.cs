using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Clinic.Inbox.Clients;

/// <summary>Moves the focus, where there is still something to move it to.</summary>
internal static class Focusing
{
    /// <summary>Whoever closed the form meanwhile, or the browser, needs no focus; that is no error of the page.</summary>
    public static async Task TryFocusAsync(this ElementReference element)
    {
        try
        {
            await element.FocusAsync();
        }
        catch (JSException)
        {
            // The element is gone.
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone.
        }
    }
}
