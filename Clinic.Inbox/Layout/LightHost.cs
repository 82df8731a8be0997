using Clinic.Inbox.Conversations;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.JSInterop;

namespace Clinic.Inbox.Layout;

/// <summary>
/// Brings the red light from the feed to this browser: rail and tabs through <see cref="LightSignal"/>, and title, favicon,
/// sound and desktop notification through <c>js/light.js</c>. One per circuit, in <see cref="MainLayout"/>.
/// </summary>
public sealed partial class LightHost(
    IJSRuntime js,
    LightSignal light,
    Announcements announcements,
    InboxQueries inbox,
    Feed feed,
    ClinicNumbers numbers,
    ILogger<LightHost> log
) : ComponentBase, IAsyncDisposable
{
    /// <summary>
    /// The text itself is drawn first: lamp, title and announcement in the same moment would cost it a frame. Nobody sees so
    /// short a while.
    /// </summary>
    private static readonly TimeSpan TextFirst = TimeSpan.FromMilliseconds(15);

    /// <summary>More senders than this at once are announced as a number.</summary>
    private const int MostAnnounced = 3;

    private IJSObjectReference? _module;
    private FoldedFeed? _changes;
    private Action? _draw;

    [CascadingParameter]
    private Task<AuthenticationState>? SignedIn { get; set; }

    protected override async Task OnInitializedAsync()
    {
        if (SignedIn is not null && (await SignedIn).User.Role().Length > 0)
        {
            await CountAsync();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }
        _module = await js.InvokeAsync<IJSObjectReference>("import", "./" + Assets["js/light.js"]);
        if (SignedIn is not null && (await SignedIn).User.Role().Length > 0)
        {
            _changes = new FoldedFeed(
                feed,
                changes => InvokeAsync(() => TakeAsync(changes)),
                behind: TextFirst
            );
            // What came between the first look and now.
            await CountAsync();
        }
        await ShowAsync([]);
    }

    /// <summary>
    /// Draws nothing itself. What rail, tabs and announcer are asked to draw while it draws goes to the browser in one batch
    /// with it: on a busy desk each screen gets and confirms a third of the messages.
    /// </summary>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var draw = _draw;
        _draw = null;
        draw?.Invoke();
    }

    private async Task CountAsync()
    {
        try
        {
            var unread = await inbox.UnreadAsync(CancellationToken.None);
            light.Set(unread, flashing: unread > 0);
        }
        catch (Exception failure)
        {
            // The next change brings the count; a page does not fail for its lamp.
            LogNoCount(failure);
        }
    }

    private async Task TakeAsync(IReadOnlyList<InboxEvent> changes)
    {
        try
        {
            if (changes.Any(change => change is InboxEvent.CatchUp))
            {
                await CountAsync();
            }
            var unread = changes.OfType<InboxEvent.CountChanged>().LastOrDefault()?.Unread;
            var arrived = changes
                .OfType<InboxEvent.ConversationChanged>()
                .Where(change => change.Flash && change.Row.Id != light.Watched)
                .Select(change => change.Row)
                .DistinctBy(row => row.Id)
                .ToList();
            var before = (light.Unread, light.Flashing);
            _draw = () =>
            {
                light.Set(unread ?? light.Unread, light.Flashing || arrived.Count > 0);
                Say(arrived);
            };
            StateHasChanged();
            if (arrived.Count > 0 || before != (light.Unread, light.Flashing))
            {
                await ShowAsync(arrived.Take(MostAnnounced));
            }
        }
        catch (Exception failure) when (failure is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone or away; what it shows is caught up when it is back.
        }
        catch (Exception failure)
        {
            LogNotShown(failure);
        }
    }

    private void Say(List<ConversationRow> arrived)
    {
        if (arrived.Count == 0)
        {
            return;
        }
        announcements.Say(
            arrived.Count > MostAnnounced
                ? $"New texts in {arrived.Count} conversations"
                : "New text from " + string.Join(", ", arrived.Select(NameOf))
        );
    }

    private string NameOf(ConversationRow row) => row.ClientName ?? numbers.Write(row.Number);

    /// <summary>Title, favicon and badge, and a sound and notification for each of <paramref name="arrived"/>.</summary>
    private async Task ShowAsync(IEnumerable<ConversationRow> arrived)
    {
        if (_module is null)
        {
            return;
        }
        // Several tabs of one browser make one sound: the key names the text.
        var rings = arrived.Select(row =>
            new[]
            {
                $"{row.Id}-{row.LastMessageAt.UtcTicks}",
                NameOf(row),
                $"{Paths.Inbox}/{row.Id}",
            }
        );
        await _module.InvokeVoidAsync("show", light.Unread, light.Flashing, rings);
    }

    public async ValueTask DisposeAsync()
    {
        _changes?.Dispose();
        if (_module is not null)
        {
            try
            {
                await _module.InvokeVoidAsync("show", 0, false, Array.Empty<string[]>());
                await _module.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The browser is gone, and its module with it.
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The unread texts could not be counted")]
    private partial void LogNoCount(Exception failure);

    [LoggerMessage(LogLevel.Error, "The light could not be shown")]
    private partial void LogNotShown(Exception failure);
}
