using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.People;

/// <summary>Where an invitation or reset link leads. Looking at it does not use it up.</summary>
public sealed partial class ChoosePasswordPage(PasswordDesk desk, NavigationManager navigation)
{
    private InboxUser? _owner;
    private IReadOnlyList<string> _problems = [];

    [SupplyParameterFromQuery(Name = "user")]
    private string? UserId { get; set; }

    [SupplyParameterFromQuery(Name = "code")]
    private string? Code { get; set; }

    [SupplyParameterFromForm(FormName = "choose-password", Name = "Input")]
    private NewPasswordForm? Posted { get; set; }

    [CascadingParameter]
    public HttpContext HttpContext { get; set; } = null!;

    protected override async Task OnInitializedAsync() =>
        _owner = await desk.OwnerAsync(UserId, Code);

    private async Task ChooseAsync()
    {
        (var next, _problems) = await desk.ChooseAsync(
            UserId,
            Code,
            new NewPassword(Posted?.Password, Posted?.Repeated),
            HttpContext.RequestAborted
        );
        if (_problems.Count == 0)
        {
            navigation.NavigateTo(SignInPage.PathAfter(next, Paths.Inbox));
        }
    }
}

/// <summary>What the forms with a new password send.</summary>
internal sealed class NewPasswordForm
{
    public string? Current { get; set; }
    public string? Password { get; set; }
    public string? Repeated { get; set; }
}
