using Clinic.Inbox.Conversations;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
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

    [CascadingParameter]
    private Task<AuthenticationState>? SignedIn { get; set; }

    protected override async Task OnInitializedAsync()
    {
        light.Changed += OnLightChanged;
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
        await ShowAsync();
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
            light.Set(unread ?? light.Unread, light.Flashing || arrived.Count > 0);
            await AnnounceAsync(arrived);
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

    private async Task AnnounceAsync(List<ConversationRow> arrived)
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
        foreach (var row in arrived.Take(MostAnnounced))
        {
            // Several tabs of one browser make one sound: the key names the text.
            await RingAsync(
                $"{row.Id}-{row.LastMessageAt.UtcTicks}",
                NameOf(row),
                $"{Paths.Inbox}/{row.Id}"
            );
        }
    }

    private async Task RingAsync(string key, string from, string href)
    {
        if (_module is not null)
        {
            await _module.InvokeVoidAsync("announce", key, from, href);
        }
    }

    private string NameOf(ConversationRow row) => row.ClientName ?? numbers.Write(row.Number);

    private void OnLightChanged(object? sender, EventArgs e) => _ = InvokeAsync(ShowAsync);

    private async Task ShowAsync()
    {
        if (_module is not null)
        {
            await _module.InvokeVoidAsync("show", light.Unread, light.Flashing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _changes?.Dispose();
        light.Changed -= OnLightChanged;
        if (_module is not null)
        {
            try
            {
                await _module.InvokeVoidAsync("show", 0, false);
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
