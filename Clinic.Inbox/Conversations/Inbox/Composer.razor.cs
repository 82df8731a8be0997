using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>
/// Where a text is written. The field belongs to <c>js/inbox-composer.js</c>: the server never writes into it while
/// somebody types, and what is typed lies in the tab's own storage until it was taken.
/// </summary>
public sealed partial class Composer(IJSRuntime js, AttachmentIntake intake, ILogger<Composer> log)
{
    /// <summary>Files on one text.</summary>
    public const int MostFiles = 5;

    // What was handed over, by the browser's own key: asked again after a lost connection, it is sent once.
    private readonly Dictionary<string, Task<SendAnswer>> _handedOver = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ended = new();
    private readonly List<DraftFile> _files = [];
    private ElementReference _root;
    private DotNetObjectReference<Composer>? _self;
    private readonly PageScript _script = new();
    private string? _refusal;
    private string _text = "";
    private int _length;

    [Parameter, EditorRequired]
    public Id<Conversation> ConversationId { get; set; }

    /// <summary>The client's name or number.</summary>
    [Parameter]
    public string Name { get; set; } = "";

    /// <summary>What will be appended; null: nothing.</summary>
    [Parameter]
    public string? Suffix { get; set; }

    /// <summary>Under which consent it sends.</summary>
    [Parameter]
    public GateDecision? Gate { get; set; }

    /// <summary>Queues a text with its files, once for each key; answers why it was refused, or null.</summary>
    [Parameter, EditorRequired]
    public Func<string, string, IReadOnlyList<StoredFile>, Task<string?>> Send { get; set; } =
        null!;

    /// <summary>Something is to be sent behind a private link; without it that is not offered.</summary>
    [Parameter]
    public EventCallback OnDocument { get; set; }

    /// <summary>Whether this person's text stands in the thread since a moment.</summary>
    [Parameter, EditorRequired]
    public Func<string, DateTimeOffset, bool> Sent { get; set; } = null!;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await _script.AttachAsync(
                js,
                Assets["js/inbox-composer.js"],
                _root,
                _self,
                ConversationId.ToString(),
                Outbox.LongestText
            );
        }
    }

    /// <summary>What stands in the field now, for the counter.</summary>
    /// <param name="text">Its beginning; of a longer text the rest is not brought here.</param>
    /// <param name="length">Its whole length, UTF-16 units.</param>
    [JSInvokable]
    public void Typed(string text, int length)
    {
        _text = text;
        _length = length;
        if (text.Length > 0)
        {
            _refusal = null;
        }
        StateHasChanged();
    }

    /// <summary>Sends what was written, once for each <paramref name="key"/>.</summary>
    [JSInvokable]
    public Task<SendAnswer> SendAsync(string key, string text)
    {
        if (_handedOver.TryGetValue(key, out var before))
        {
            return before;
        }
        var waiting = _files.Where(file => file.Stored is null && file.Problem is null).ToList();
        if (waiting.Count > 0)
        {
            return Task.FromResult(Refuse("A file is still being taken. Send again in a moment."));
        }
        var files = _files.Select(file => file.Stored).OfType<StoredFile>().ToList();
        if (files.Count == 0 && string.IsNullOrWhiteSpace(text))
        {
            return Task.FromResult(new SendAnswer(Taken: true));
        }
        _files.Clear();
        return _handedOver[key] = HandOverAsync(key, text, files);
    }

    /// <summary>
    /// The page was lost while a text was being handed over: sends it now, unless it stands in the thread already.
    /// </summary>
    /// <param name="since">When it was handed over, by the browser's clock, milliseconds of Unix time.</param>
    [JSInvokable]
    public Task<SendAnswer> SendUnlessSentAsync(string key, string text, long since)
    {
        // The clocks may differ by some minutes.
        var from = DateTimeOffset.FromUnixTimeMilliseconds(since) - TimeSpan.FromMinutes(5);
        return Sent(text, from)
            ? Task.FromResult(new SendAnswer(Taken: true))
            : SendAsync(key, text);
    }

    private async Task<SendAnswer> HandOverAsync(string key, string text, List<StoredFile> files)
    {
        _refusal = null;
        StateHasChanged();
        if (await Send(key, text, files) is not { } reason)
        {
            return new SendAnswer(Taken: true);
        }
        _files.InsertRange(0, files.Select(DraftFile.Of));
        return Refuse(reason);
    }

    private SendAnswer Refuse(string reason)
    {
        _refusal = reason;
        StateHasChanged();
        return new SendAnswer(Taken: false);
    }

    private async Task TakeFilesAsync(InputFileChangeEventArgs e)
    {
        _refusal = null;
        if (_files.Count + e.FileCount > MostFiles)
        {
            Refuse($"A text carries {MostFiles} files at most.");
            return;
        }
        foreach (var chosen in e.GetMultipleFiles(MostFiles))
        {
            var file = new DraftFile(chosen.Name, chosen.Size);
            _files.Add(file);
            StateHasChanged();
            await TakeAsync(chosen, file);
        }
    }

    private async Task TakeAsync(IBrowserFile chosen, DraftFile file)
    {
        try
        {
            if (chosen.Size > AttachmentIntake.LargestPicture)
            {
                file.Problem =
                    $"Larger than {FileSize.Write(AttachmentIntake.LargestPicture)}. Send a smaller one.";
                return;
            }
            await using var content = chosen.OpenReadStream(
                AttachmentIntake.LargestPicture,
                _ended.Token
            );
            switch (await intake.TakeAsync(content, chosen.Name, _ended.Token))
            {
                case IntakeResult.Taken(var stored):
                    file.Stored = stored;
                    break;
                case IntakeResult.Refused(var reason):
                    file.Problem = reason;
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // The conversation was left.
        }
        catch (Exception failure)
        {
            LogNotTaken(failure);
            file.Problem = "This file could not be read. Attach it again.";
        }
    }

    private void Remove(DraftFile file) => _files.Remove(file);

    private Task PointAsync(SmsCulprit culprit) =>
        _script.RunAsync("select", culprit.Position, culprit.Character.Length);

    private Task MakePlainAsync() => _script.RunAsync("replace", SmsText.WithPlainTwins(_text));

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _script.DisposeAsync();
        _self?.Dispose();
        _ended.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "A file could not be taken from the composer")]
    private partial void LogNotTaken(Exception failure);
}

/// <summary>What became of a text that the browser handed over.</summary>
/// <param name="Taken">False: it goes back into the field.</param>
public sealed record SendAnswer(bool Taken);

/// <summary>A file above the field, being taken, taken or refused.</summary>
public sealed class DraftFile(string name, long size)
{
    public string Name { get; } = name;

    /// <summary>Bytes.</summary>
    public long Size { get; } = size;

    /// <summary>Null: still being taken, or refused.</summary>
    public StoredFile? Stored { get; set; }

    /// <summary>Why it was refused, in plain words.</summary>
    public string? Problem { get; set; }

    internal static DraftFile Of(StoredFile stored) =>
        new(stored.Name, stored.Size) { Stored = stored };
}
