using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Settings;

/// <summary>Name, time zone, country and phone of the clinic.</summary>
public sealed partial class ClinicPage(
    ClinicBook book,
    ISnackbar messages,
    AuthenticationStateProvider session,
    ILogger<ClinicPage> log
) : LoadedPage(log)
{
    private IReadOnlyList<(string Field, string Text)> _problems = [];
    private string _name = "";
    private string _zone = "";
    private string _region = "";
    private string _phone = "";
    private bool _saving;

    /// <summary>As stored; kept from the prerendered page, so that nothing flickers when the circuit takes over.</summary>
    [PersistentState]
    public ClinicDescription? Clinic { get; set; }

    protected override async Task LoadAsync()
    {
        Clinic ??= await book.ReadAsync(Cancellation);
        (_name, _zone, _region, _phone) = Clinic;
    }

    private string? Problem(string field) => _problems.FirstOrDefault(p => p.Field == field).Text;

    private string? Invalid(string field) => Problem(field) is null ? null : "true";

    private async Task SaveAsync()
    {
        _saving = true;
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            var clinic = new ClinicDescription(_name.Trim(), _zone, _region, _phone.Trim());
            _problems = await book.SaveAsync(clinic, by, Cancellation);
            if (_problems.Count == 0)
            {
                Clinic = clinic;
                messages.Add("Saved", Severity.Success);
            }
        }
        finally
        {
            _saving = false;
        }
    }
}
