using Clinic.Inbox.Layout;
using Clinic.Inbox.Settings;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.People;

/// <summary>The first visit; afterwards it leads to the sign-in.</summary>
public sealed partial class SetupPage(SetupDesk desk, NavigationManager navigation)
{
    private IReadOnlyList<string> _problems = [];

    [SupplyParameterFromForm(FormName = "setup", Name = "Input")]
    private SetupForm? Posted { get; set; }

    [CascadingParameter]
    public HttpContext HttpContext { get; set; } = null!;

    private SetupForm Input => Posted ??= new SetupForm();

    protected override async Task OnInitializedAsync()
    {
        if (!await desk.IsOpenAsync(HttpContext.RequestAborted))
        {
            navigation.NavigateTo(Paths.SignIn);
        }
    }

    private async Task CreateAsync()
    {
        if (!await desk.IsOpenAsync(HttpContext.RequestAborted))
        {
            return;
        }
        _problems = await desk.CreateAsync(Input.ToVisit(), HttpContext.RequestAborted);
        if (_problems.Count == 0)
        {
            navigation.NavigateTo(Paths.Inbox);
        }
    }
}

/// <summary>What the first visitor sends.</summary>
internal sealed class SetupForm
{
    public string? Code { get; set; }
    public string? Clinic { get; set; }
    public string? TimeZone { get; set; } = Settings.TimeZones.Near[0].Id;
    public string? Name { get; set; }
    public string? Email { get; set; }
    public string? Password { get; set; }
    public string? Repeated { get; set; }

    public FirstVisit ToVisit() =>
        new(
            Code,
            new ClinicDescription(Clinic ?? "", TimeZone ?? "", "US", ""),
            Name ?? "",
            Email ?? "",
            new NewPassword(Password, Repeated)
        );
}
