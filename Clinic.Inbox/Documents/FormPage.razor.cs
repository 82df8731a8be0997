using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Documents;

/// <summary>The form builder: a title and questions in an order. Saving makes a new version.</summary>
public sealed partial class FormPage(
    FormBook book,
    NavigationManager navigation,
    IDialogService dialogs,
    Announcements announcements,
    ISnackbar snackbar,
    ILogger<FormPage> log
) : LoadedPage(log)
{
    private readonly FormErrors _errors = new();
    private readonly List<QuestionDraft> _questions = [];
    private IReadOnlyList<FormQuestion>? _preview;
    private FormVersion? _version;
    private string _title = "";
    private string _intro = "";
    private bool _loaded;
    private bool _saving;

    /// <summary>The form's id, or <c>new</c>.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    private bool IsNew => Id == "new";

    private Id<FormTemplate>? FormId =>
        !IsNew && Id<FormTemplate>.TryParse(Id, provider: null, out var id) ? id : null;

    protected override async Task LoadAsync()
    {
        _version = FormId is { } id ? await book.NewestAsync(id, Cancellation) : null;
        _questions.Clear();
        if (_version is { } version)
        {
            _title = version.Title;
            _intro = version.Intro;
            _questions.AddRange(version.Questions.Select(QuestionDraft.Of));
        }
        else if (IsNew)
        {
            _questions.Add(new QuestionDraft());
        }
        _loaded = true;
    }

    private void Add()
    {
        _questions.Add(new QuestionDraft { IsNew = true });
        _preview = null;
    }

    private void Remove(int at)
    {
        _questions.RemoveAt(at);
        _errors.Clear();
        _preview = null;
        announcements.Say($"Question {at + 1} removed.");
    }

    private void Move(int at, int by)
    {
        var to = at + by;
        if (to < 0 || to >= _questions.Count)
        {
            return;
        }
        (_questions[at], _questions[to]) = (_questions[to], _questions[at]);
        _errors.Clear();
        _preview = null;
        announcements.Say($"Question {at + 1} is question {to + 1} now.");
    }

    private void Preview() =>
        _preview = _preview is null
            ? FormBook.Check(Draft()).Clean.Questions.Where(q => q.Label.Length > 0).ToList()
            : null;

    private async Task SaveAsync()
    {
        if (_saving)
        {
            return;
        }
        _saving = true;
        _errors.Clear();
        try
        {
            var actor = (await SignedIn).User.Actor();
            switch (await book.SaveAsync(FormId, Draft(), actor, Cancellation))
            {
                case FormResult.Saved saved:
                    snackbar.Add($"{saved.Form.Title} is saved.", Severity.Normal);
                    navigation.NavigateTo(Paths.Forms);
                    break;
                case FormResult.Invalid invalid:
                    _errors.Take(invalid.Problems);
                    break;
                default:
                    _errors.Fail("This form is not there any more.");
                    break;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotSaved(log, failure);
            _errors.Fail("This could not be saved. What you typed is still here; try again.");
        }
        finally
        {
            _saving = false;
            if (_errors.Any)
            {
                announcements.Say(_errors.Summary);
            }
        }
    }

    private async Task RemoveAsync()
    {
        if (
            FormId is not { } id
            || !await dialogs.ConfirmAsync(
                "Remove this form?",
                "It is not offered any more. Links that were sent still work, and answers stay in the clients' profiles.",
                "Remove form",
                destructive: true
            )
        )
        {
            return;
        }
        try
        {
            await book.RemoveAsync(id, (await SignedIn).User.Actor(), Cancellation);
            navigation.NavigateTo(Paths.Forms);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotSaved(log, failure);
            snackbar.Add("That could not be done. Try again.", Severity.Error);
        }
    }

    private FormDraft Draft() => new(_title, _intro, [.. _questions.Select(q => q.ToQuestion())]);

    [LoggerMessage(LogLevel.Error, "A form could not be saved")]
    private static partial void LogNotSaved(ILogger log, Exception failure);
}

/// <summary>A question while it is edited.</summary>
public sealed class QuestionDraft
{
    public QuestionKind Kind { get; set; }
    public string Label { get; set; } = "";
    public string Hint { get; set; } = "";
    public bool Required { get; set; } = true;

    /// <summary>One a line.</summary>
    public string Choices { get; set; } = "";

    /// <summary>Added a moment ago: its first field takes the focus.</summary>
    public bool IsNew { get; init; }

    internal static QuestionDraft Of(FormQuestion question) =>
        new()
        {
            Kind = question.Kind,
            Label = question.Label,
            Hint = question.Hint,
            Required = question.Required,
            Choices = string.Join('\n', question.Choices),
        };

    internal FormQuestion ToQuestion() =>
        new("", Kind, Label, Hint, Required, Choices.ReplaceLineEndings("\n").Split('\n'));
}
