using Clinic.Inbox.Demo;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>The door.</summary>
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
    private bool _keyRefused;

    [SupplyParameterFromForm(FormName = "sign-in", Name = "Input")]
    private SignInForm? Posted { get; set; }

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
                GoOn(SignInStep.In);
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
        var next = await desk.SignInAsync(
            email,
            password.Length > PasswordRules.Longest ? "" : password,
            Input.Keep,
            HttpContext.RequestAborted
        );
        _refused = next == SignInStep.Refused;
        if (!_refused)
        {
            GoOn(next);
        }
    }

    private async Task UsePasskeyAsync()
    {
        _keyRefused = !await desk.EnterWithPasskeyAsync(
            Key?.Credential,
            second: false,
            HttpContext.RequestAborted
        );
        if (!_keyRefused)
        {
            GoOn(SignInStep.In);
        }
    }

    private void GoOn(SignInStep next) => navigation.NavigateTo(PathAfter(next, Wanted));

    /// <summary>Where a step of signing in leads; <paramref name="wanted"/> stands on its way until the end.</summary>
    internal static string PathAfter(SignInStep next, string wanted) =>
        next switch
        {
            SignInStep.Second => $"{Paths.SecondStep}?returnUrl={Uri.EscapeDataString(wanted)}",
            SignInStep.SetUp => $"{Paths.SecondFactor}?returnUrl={Uri.EscapeDataString(wanted)}",
            _ => wanted,
        };
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
