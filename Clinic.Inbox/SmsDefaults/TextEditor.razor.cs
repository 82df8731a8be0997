using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations.Inbox;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;
using MudBlazor;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>Writes one text: what is wrong is named where it is, and what it would say is shown, before it is saved.</summary>
public sealed partial class TextEditor(
    TemplateBook book,
    PreviewValues preview,
    IDialogService dialogs,
    ISnackbar messages,
    Announcements announcements,
    AuthenticationStateProvider session,
    IJSRuntime js
) : IAsyncDisposable
{
    /// <summary>What the server takes of the field, UTF-16 units: more than a template may have, so that too much is seen and named.</summary>
    private const int LongestHeard = 4 * TemplateText.LongestTemplate;

    private readonly CancellationTokenSource _leaving = new();
    private readonly PageScript _script = new();
    private ElementReference _root;
    private IReadOnlyList<TemplateProblem> _problems = [];
    private TemplateText? _template;
    private PreviewSample? _client;
    private TemplateVersion? _newer;
    private string _initial = "";
    private string _text = "";
    private bool _saving;

    [Parameter, EditorRequired]
    public SmsDefaultView View { get; set; } = null!;

    /// <summary>Another version holds now: what is shown is to be read anew.</summary>
    [Parameter]
    public EventCallback OnSaved { get; set; }

    private PreviewSample Sample => _client ?? View.Examples;

    private bool IsChanged => Written != View.Start.Trim();

    private bool IsProducts => Written == View.Info.DefaultText;

    private bool CanSave => IsChanged && _problems.Count == 0 && !_saving;

    /// <summary>As it would be saved.</summary>
    private string Written => _text.ReplaceLineEndings("\n").Trim();

    private string State =>
        _problems.Count switch
        {
            > 1 => $"Put {_problems.Count} mistakes right to save",
            1 => "Put the mistake right to save",
            _ => IsChanged ? "Not saved yet" : "",
        };

    protected override void OnInitialized()
    {
        _initial = View.Start;
        Read(_initial);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _script.AttachAsync(js, Assets["js/sms-defaults.js"], _root);
        }
    }

    private void Hear(ChangeEventArgs e)
    {
        var had = _problems.Count;
        Read(e.Value as string ?? "");
        if (had != _problems.Count)
        {
            announcements.Say(
                _problems.Count == 0 ? "No mistakes" : $"A mistake: {_problems[0].Message}"
            );
        }
    }

    private void Read(string text)
    {
        _text = text;
        if (TemplateText.TryParse(View.Wording.Kind, text, out var template, out _problems))
        {
            _template = template;
        }
    }

    private async Task SaveAsync()
    {
        if (CanSave)
        {
            await KeepAsync(Written, View.Wording.Version, "Saved. This is sent from now on.");
        }
    }

    private Task SaveOverNewerAsync() =>
        KeepAsync(Written, _newer!.Number, "Saved. This is sent from now on.");

    /// <summary>True when it holds now.</summary>
    private async Task<bool> KeepAsync(string? text, int expected, string done)
    {
        _saving = true;
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            var (kind, scope) = (View.Wording.Kind, View.Wording.Scope);
            switch (await book.SaveAsync(kind, scope, text, expected, by, _leaving.Token))
            {
                case TemplateResult.Saved:
                    _newer = null;
                    await OnSaved.InvokeAsync();
                    messages.Add(done, Severity.Success);
                    return true;
                case TemplateResult.Outdated outdated:
                    _newer = outdated.Newest;
                    announcements.Say($"Not saved: {_newer.By} saved another text meanwhile.");
                    return false;
                case TemplateResult.Refused refused:
                    messages.Add($"Not saved. {refused.Problems[0].Message}", Severity.Error);
                    return false;
                default:
                    return false;
            }
        }
        finally
        {
            _saving = false;
        }
    }

    private async Task TakeNewerAsync()
    {
        _newer = null;
        await OnSaved.InvokeAsync();
        await WriteAsync(View.Start);
    }

    private async Task GiveUpAsync()
    {
        if (
            await dialogs.ConfirmAsync(
                "Use the clinic's text again?",
                $"{View.TypeName} visits are then sent the clinic's {View.Info.Title}. Their own text stays in the history.",
                "Use the clinic's text"
            ) && await KeepAsync(null, View.Wording.Version, "The clinic's text is sent again.")
        )
        {
            await WriteAsync(View.Start);
        }
    }

    private async Task RestoreAsync(SavedText version)
    {
        var lost = IsChanged ? " What you have not saved is lost." : "";
        if (
            await dialogs.ConfirmAsync(
                $"Restore version {version.Number}?",
                $"It is sent from now on, as a new version.{lost}",
                "Restore"
            )
            && await KeepAsync(
                version.Text,
                View.Wording.Version,
                "Restored. It is sent from now on."
            )
        )
        {
            await WriteAsync(View.Start);
        }
    }

    private Task UseProductsAsync() => WriteAsync(View.Info.DefaultText);

    /// <summary>Puts it into the field as if typed, so that the browser's own undo takes it back.</summary>
    private async Task WriteAsync(string text)
    {
        Read(text);
        await _script.RunAsync("replace", text);
    }

    private Task ShowProblemAsync(TemplateProblem problem) => ShowAsync(Marks.Of(_text, problem));

    private Task ShowAsync((int Start, int Length) place) =>
        _script.RunAsync("select", place.Start, place.Length);

    private void UseExamples() => _client = null;

    private async Task PickClientAsync()
    {
        if (await dialogs.PickClientAsync("Preview with a client") is { } client)
        {
            _client = await preview.OfAsync(
                client,
                View.Wording.Kind,
                Id<AppointmentType>.TryParse(View.Wording.Scope, null, out var type) ? type : null,
                _leaving.Token
            );
        }
    }

    private async Task AskBeforeLeavingAsync(LocationChangingContext leaving)
    {
        if (
            IsChanged
            && !await dialogs.ConfirmAsync(
                "Leave without saving?",
                "What you changed in this text is lost.",
                "Leave",
                destructive: true
            )
        )
        {
            leaving.PreventNavigation();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        _leaving.Dispose();
        await _script.DisposeAsync();
    }
}
