using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.People;

/// <summary>After the password: the code of the app, a passkey, or a recovery code.</summary>
public sealed partial class SecondStepPage(
    SecondStep step,
    SecondFactors factors,
    SignInDesk desk,
    NavigationManager navigation
)
{
    private static readonly string[] Refused =
    [
        "That was not right. A code works once, and after five wrong tries an account rests for five minutes.",
    ];

    private FactorState _state = new(App: false, [], RecoveryCodes: 0);
    private bool _refused;

    [SupplyParameterFromForm(FormName = "code", Name = "Input")]
    private CodeForm? Code { get; set; }

    [SupplyParameterFromForm(FormName = "recovery", Name = "Recovery")]
    private CodeForm? Recovery { get; set; }

    protected override async Task OnInitializedAsync()
    {
        if (await step.PendingAsync() is { } pending)
        {
            _state = await factors.StateAsync(pending.User);
        }
        else
        {
            navigation.NavigateTo(Paths.SignIn);
        }
    }

    private async Task UseCodeAsync() =>
        GoOn(await desk.EnterWithCodeAsync(Code?.Code, HttpContext.RequestAborted));

    private async Task UseRecoveryCodeAsync() =>
        GoOn(await desk.EnterWithRecoveryCodeAsync(Recovery?.Code, HttpContext.RequestAborted));

    private async Task UsePasskeyAsync() =>
        GoOn(
            await desk.EnterWithPasskeyAsync(
                Key?.Credential,
                second: true,
                HttpContext.RequestAborted
            )
        );

    private void GoOn(bool entered)
    {
        _refused = !entered;
        if (entered)
        {
            navigation.NavigateTo(Wanted);
        }
    }
}

/// <summary>What a form with one code sends.</summary>
internal sealed class CodeForm
{
    public string? Code { get; set; }

    /// <summary>One's password, where something about the account changes.</summary>
    public string? Current { get; set; }
}
