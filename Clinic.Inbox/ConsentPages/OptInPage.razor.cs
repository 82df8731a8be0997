using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.ConsentPages;

/// <summary>
/// Where somebody asks for texts. Static and without a session, so that it works without a script; whatever becomes of a
/// number, the answer is the same.
/// </summary>
public sealed partial class OptInPage(OptInDesk desk, NavigationManager navigation)
{
    private OptInOffer _offer = null!;
    private IReadOnlyList<(string Field, string Text)> _problems = [];
    private string? _notice;

    [SupplyParameterFromQuery(Name = "sent")]
    private bool Sent { get; set; }

    [SupplyParameterFromForm(FormName = "opt-in", Name = "Input")]
    private OptInInput? Posted { get; set; }

    [CascadingParameter]
    public HttpContext HttpContext { get; set; } = null!;

    private OptInInput Input => Posted ??= new OptInInput();

    protected override async Task OnInitializedAsync()
    {
        var answer = HttpContext.Response;
        // At the very end: what guards the form against forgery writes cache headers of its own.
        answer.OnStarting(() =>
        {
            answer.Headers.CacheControl = "no-store";
            answer.Headers["Referrer-Policy"] = "no-referrer";
            return Task.CompletedTask;
        });
        _offer = await desk.OfferAsync(HttpContext.RequestAborted);
    }

    private async Task SendAsync()
    {
        if (!string.IsNullOrEmpty(Input.Website))
        {
            // A program: told the same as everybody.
            Thank();
            return;
        }
        var form = new OptInForm(
            Input.Name ?? "",
            Input.Number ?? "",
            Input.Transactional,
            Input.Marketing,
            Input.Seal ?? ""
        );
        switch (await desk.TakeAsync(form, HttpContext.RequestAborted))
        {
            case OptInResult.Taken:
                Thank();
                break;
            case OptInResult.Invalid invalid:
                _problems = invalid.Problems;
                break;
            default:
                _notice =
                    "The words below have changed since you opened this page. Please read them again.";
                Posted = new OptInInput { Name = Input.Name, Number = Input.Number };
                break;
        }
    }

    private void Thank() => navigation.NavigateTo("opt-in?sent=true");

    private string? Problem(string field) => _problems.FirstOrDefault(p => p.Field == field).Text;

    private string? Invalid(string field) => Problem(field) is null ? null : "true";
}

/// <summary>What the form sends.</summary>
internal sealed class OptInInput
{
    public string? Name { get; set; }
    public string? Number { get; set; }
    public bool Transactional { get; set; }
    public bool Marketing { get; set; }
    public string? Seal { get; set; }

    /// <summary>Nobody sees its field.</summary>
    public string? Website { get; set; }
}
