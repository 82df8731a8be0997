using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.People;

/// <summary>One's own password, with the one before it.</summary>
public sealed partial class ChangePasswordPage(PasswordDesk desk)
{
    private IReadOnlyList<string> _problems = [];
    private bool _done;

    [SupplyParameterFromForm(FormName = "change-password", Name = "Input")]
    private NewPasswordForm? Posted { get; set; }

    [CascadingParameter]
    public HttpContext HttpContext { get; set; } = null!;

    private async Task ChangeAsync()
    {
        _problems = await desk.ChangeAsync(
            HttpContext.User,
            Posted?.Current ?? "",
            new NewPassword(Posted?.Password, Posted?.Repeated),
            HttpContext.RequestAborted
        );
        _done = _problems.Count == 0;
    }
}
