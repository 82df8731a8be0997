using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Api;

/// <summary>Asks for a key's name and scopes, and makes it. Closes with the <see cref="NewApiKey"/>.</summary>
public sealed partial class NewApiKeyDialog(ApiKeys keys, AuthenticationStateProvider session)
{
    private static readonly (string Scope, string Text)[] Choices =
    [
        (
            ApiScopes.Read,
            "look at conversations, clients and the schedule, and listen for new texts"
        ),
        (ApiScopes.Write, "send texts, and change conversations, clients and the schedule"),
        (ApiScopes.Manage, "delete conversations"),
    ];

    private readonly HashSet<string> _scopes = new(StringComparer.Ordinal) { ApiScopes.Read };
    private string _name = "";
    private string? _problem;
    private bool _busy;

    [CascadingParameter]
    private IMudDialogInstance? Dialog { get; set; }

    private void Toggle(string scope)
    {
        if (!_scopes.Remove(scope))
        {
            _scopes.Add(scope);
        }
    }

    private async Task CreateAsync()
    {
        if (_busy)
        {
            return;
        }
        _problem =
            string.IsNullOrWhiteSpace(_name) ? "Give the key a name."
            : _scopes.Count == 0 ? "Choose what the key may do."
            : null;
        if (_problem is not null)
        {
            return;
        }
        _busy = true;
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            Dialog?.Close(
                DialogResult.Ok(await keys.CreateAsync(_name, _scopes, by, CancellationToken.None))
            );
        }
        finally
        {
            _busy = false;
        }
    }
}
