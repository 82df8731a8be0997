using System.Globalization;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Reminders;

/// <summary>
/// What a client fills in before a visit. Static and without a session; a link that leads nowhere (any more) tells
/// nothing, and nothing of it is kept by a cache, a search engine or the next site.
/// </summary>
public sealed partial class PreVisitPage(
    PreVisitForms forms,
    ClinicClock clock,
    NavigationManager navigation
)
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    private OpenPreVisitForm? _form;
    private string? _problem;

    [Parameter]
    public string Token { get; set; } = "";

    [SupplyParameterFromQuery(Name = "sent")]
    private bool Sent { get; set; }

    [SupplyParameterFromForm(FormName = "pre-visit", Name = "Input")]
    private PreVisitInput? Posted { get; set; }

    [CascadingParameter]
    public HttpContext HttpContext { get; set; } = null!;

    private PreVisitInput Input =>
        Posted ??= new PreVisitInput { Concern = _form?.Concern, Medication = _form?.Medication };

    private string Address => $"v/{Token}";

    /// <summary>"Tuesday, November 3 at 3:30 PM".</summary>
    private string When =>
        clock
            .Local(_form!.StartsAt)
            .ToDateTimeUnspecified()
            .ToString("dddd, MMMM d 'at' h:mm\u00a0tt", English);

    private string Whose => _form!.PatientName == "your pet" ? "your" : $"{_form.PatientName}’s";

    protected override async Task OnInitializedAsync()
    {
        var answer = HttpContext.Response;
        // At the very end: what guards the form against forgery writes cache headers of its own.
        answer.OnStarting(() =>
        {
            answer.Headers.CacheControl = "no-store";
            answer.Headers["Referrer-Policy"] = "no-referrer";
            answer.Headers["X-Robots-Tag"] = "noindex, nofollow";
            if (_form is null)
            {
                // Said earlier, the page of every wrong address would stand in for this one.
                answer.StatusCode = StatusCodes.Status404NotFound;
            }
            return Task.CompletedTask;
        });
        _form = await forms.FindAsync(Token, HttpContext.RequestAborted);
        if (_form is not null && HttpMethods.IsGet(HttpContext.Request.Method))
        {
            await forms.NoteOpenedAsync(Token, HttpContext.RequestAborted);
        }
    }

    private async Task SendAsync()
    {
        var outcome = await forms.AnswerAsync(
            Token,
            Input.Concern ?? "",
            Input.Medication ?? "",
            HttpContext.RequestAborted
        );
        switch (outcome)
        {
            case PreVisitOutcome.Kept:
                navigation.NavigateTo($"{Address}?sent=true");
                break;
            case PreVisitOutcome.Closed:
                _form = null;
                break;
            case PreVisitOutcome.Empty:
                _problem = "Write something in at least one of the two fields.";
                break;
            default:
                _problem =
                    $"An answer has at most {PreVisitForm.LongestAnswer.ToString("N0", English)} characters. Shorten it, and tell us the rest at the visit.";
                break;
        }
    }
}

/// <summary>What the form sends.</summary>
internal sealed class PreVisitInput
{
    public string? Concern { get; set; }
    public string? Medication { get; set; }
}
