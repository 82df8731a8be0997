using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.People;

/// <summary>Asks for a new user's name, email and role, and adds them. Closes with the <see cref="UserLink.Made"/>.</summary>
public sealed partial class AddUserDialog(UserBook book, AuthenticationStateProvider session)
{
    private string _name = "";
    private string _email = "";
    private string _role = Roles.FrontDesk;
    private string? _problem;
    private bool _busy;
    private ElementReference _first;

    [CascadingParameter]
    private IMudDialogInstance? Dialog { get; set; }

    private string Hint =>
        _role switch
        {
            Roles.FrontDesk => "Inbox, clients and schedule.",
            Roles.PracticeManager =>
                "Also the clinic's settings, add-ons, and deleting conversations.",
            _ => "Also users, API keys, quarantine and the audit log.",
        };

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _first.FocusAsync();
        }
    }

    private async Task AddAsync()
    {
        if (_busy)
        {
            return;
        }
        _busy = true;
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            switch (await book.AddAsync(_name, _email, _role, by, CancellationToken.None))
            {
                case UserLink.Made made:
                    Dialog?.Close(DialogResult.Ok(made));
                    break;
                case UserLink.Refused refused:
                    _problem = refused.Problem;
                    break;
            }
        }
        finally
        {
            _busy = false;
        }
    }
}
