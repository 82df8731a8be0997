using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Documents;

/// <summary>
/// What a client sees behind a private link. Looking at it shows the clinic's name and the kind alone; opening is a form
/// that is sent, so that link previews and scanners open nothing. Static, and without a session.
/// </summary>
public sealed partial class DocumentPage(
    DocumentDoor door,
    DocumentGrants grants,
    NavigationManager navigation
)
{
    /// <summary>Bytes of a form that is sent in: sixty answers, some of them long.</summary>
    public const int LargestForm = 1024 * 1024;

    private static readonly Dictionary<string, string> NoProblems = new(StringComparer.Ordinal);

    private DocumentAtDoor? _at;
    private OpenedDocument? _content;
    private string? _problem;
    private IReadOnlyDictionary<string, string> _problems = NoProblems;

    [Parameter]
    public string Token { get; set; } = "";

    [SupplyParameterFromForm(FormName = "open", Name = "LastName")]
    private string? LastNameGiven { get; set; }

    [CascadingParameter]
    public HttpContext HttpContext { get; set; } = null!;

    private string Address => $"/d/{Token}";

    private string FileAddress => $"{Address}/file";

    private (string Title, string Text) ClosedWords =>
        _at?.Closed switch
        {
            null => (
                "There is nothing here",
                "The link may be mistyped or cut short. Open it from the text that the clinic sent you."
            ),
            DocumentState.Withdrawn => (
                "This was withdrawn",
                "The clinic took it back. Text or call the clinic if you need it."
            ),
            DocumentState.Locked => (
                "This link is locked",
                "It was tried with a wrong last name too often. Text or call the clinic: it can be sent to you again."
            ),
            _ => (
                "This link has expired",
                "Private links work for a limited time. Text or call the clinic for a new one."
            ),
        };

    protected override async Task OnInitializedAsync()
    {
        _at = HttpContext.Features.Get<DocumentAtDoor>();
        var answer = HttpContext.Response;
        answer.OnStarting(() =>
        {
            // Said earlier, the page of every wrong address would stand in for this one.
            if (_at is not { IsOpen: true } && answer.StatusCode == StatusCodes.Status200OK)
            {
                answer.StatusCode = _at is null
                    ? StatusCodes.Status404NotFound
                    : StatusCodes.Status410Gone;
            }
            return Task.CompletedTask;
        });
        if (_at is { IsOpen: true } && grants.Holds(HttpContext, _at))
        {
            _content = await door.ContentAsync(_at.Id, HttpContext.RequestAborted);
        }
    }

    private async Task OpenAsync()
    {
        switch (await door.OpenAsync(_at!.Id, LastNameGiven, HttpContext.RequestAborted))
        {
            case OpenOutcome.Opened:
                grants.Give(HttpContext, _at, HttpContext.Request.PathBase + Address);
                navigation.NavigateTo(Address);
                break;
            case OpenOutcome.WrongName:
                _problem =
                    "That is not the last name that the clinic has. Try again, or text the clinic.";
                break;
            default:
                _at = await door.FindAsync(Token, HttpContext.RequestAborted);
                break;
        }
    }

    private async Task AnswerAsync()
    {
        switch (await door.AnswerAsync(_at!.Id, Given, HttpContext.RequestAborted))
        {
            case AnswerOutcome.Wrong wrong:
                _problems = wrong.Problems;
                break;
            default:
                // Kept now or before: the page says so.
                navigation.NavigateTo(Address);
                break;
        }
    }

    /// <summary>What was sent for a question; nothing while nothing was sent.</summary>
    private IReadOnlyList<string> Given(string key) =>
        HttpContext.Request.HasFormContentType
            ? [.. HttpContext.Request.Form[FormFields.NameOf(key)].OfType<string>()]
            : [];

    private static string Capitalised(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}
