using Clinic.Inbox.Demo;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>The door. Static: it sets the cookie, which a circuit could not.</summary>
public sealed partial class SignInPage(
    SignInDesk desk,
    SignInManager<InboxUser> signIn,
    SetupDesk setup,
    NavigationManager navigation,
    IHostEnvironment environment,
    IConfiguration configuration
)
{
    private bool _refused;

    [SupplyParameterFromForm(FormName = "sign-in", Name = "Input")]
    private SignInForm? Posted { get; set; }

    /// <summary>Where to go afterwards; see <see cref="LocalUrl"/>.</summary>
    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? ReturnUrl { get; set; }

    [CascadingParameter]
    public HttpContext HttpContext { get; set; } = null!;

    private SignInForm Input => Posted ??= new SignInForm();

    private bool DemoOffered => DemoSignIns.Offered(environment, configuration);

    protected override async Task OnInitializedAsync()
    {
        if (
            HttpContext.User.Identity?.IsAuthenticated is true
            && HttpMethods.IsGet(HttpContext.Request.Method)
        )
        {
            // A tab whose circuit has noticed a new stamp lands here while its cookie may already be the new one.
            if (await signIn.ValidateSecurityStampAsync(HttpContext.User) is not null)
            {
                GoOn();
            }
            else
            {
                await signIn.SignOutAsync();
            }
        }
        else if (await setup.IsOpenAsync(HttpContext.RequestAborted))
        {
            navigation.NavigateTo(Paths.Setup);
        }
    }

    private async Task SignInAsync()
    {
        var (email, password) =
            Input.Demo is { Length: > 0 } && DemoOffered
                ? (Input.Demo, DemoSignIns.Password)
                : (Input.Email ?? "", Input.Password ?? "");
        if (
            await desk.SignInAsync(
                email,
                password.Length > PasswordRules.Longest ? "" : password,
                Input.Keep,
                HttpContext.RequestAborted
            )
        )
        {
            GoOn();
        }
        else
        {
            _refused = true;
        }
    }

    private void GoOn() => navigation.NavigateTo(LocalUrl.Or(ReturnUrl, Paths.Inbox));
}

/// <summary>What the sign-in form sends.</summary>
internal sealed class SignInForm
{
    public string? Email { get; set; }
    public string? Password { get; set; }
    public bool Keep { get; set; }

    /// <summary>The demo sign-in whose button was pressed.</summary>
    public string? Demo { get; set; }
}
