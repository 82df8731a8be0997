using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Api;

/// <summary>Which keys there are: make one, revoke one.</summary>
public sealed partial class ApiKeysPage(
    ApiKeys keys,
    IDialogService dialogs,
    ISnackbar messages,
    AuthenticationStateProvider session,
    ILogger<ApiKeysPage> log
) : LoadedPage(log)
{
    private static readonly DialogOptions Options = new()
    {
        MaxWidth = MaxWidth.ExtraSmall,
        FullWidth = true,
        CloseOnEscapeKey = true,
    };

    /// <summary>A key is shown once: a stray click beside the dialog must not lose it.</summary>
    private static readonly DialogOptions Insistent = Options with { BackdropClick = false };

    private bool _asking;

    [PersistentState]
    public ApiKeyRow[]? Rows { get; set; }

    protected override async Task LoadAsync() =>
        Rows ??= [.. (await keys.ListAsync(Cancellation)).Select(ApiKeyRow.Of)];

    private async Task CreateAsync()
    {
        // A second click before the dialog shows must not open a second one.
        if (_asking)
        {
            return;
        }
        _asking = true;
        var dialog = await dialogs.ShowAsync<NewApiKeyDialog>("New API key", Options);
        var result = await dialog.Result;
        _asking = false;
        if (result is { Canceled: false, Data: NewApiKey made })
        {
            await RefreshAsync();
            await dialogs.ShowAsync<ApiKeyDialog>(
                "API key",
                new DialogParameters<ApiKeyDialog>
                {
                    { shown => shown.Name, made.Key.Name },
                    { shown => shown.Secret, made.Secret },
                },
                Insistent
            );
        }
    }

    private async Task RevokeAsync(ApiKeyRow row)
    {
        var sure = await dialogs.ConfirmAsync(
            $"Revoke {row.Name}?",
            "Whatever uses this key stops working at once. A revoked key can't be brought back.",
            "Revoke",
            destructive: true
        );
        if (sure)
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            await keys.RevokeAsync(Id<ApiKey>.Parse(row.Id), by, Cancellation);
            messages.Add($"{row.Name} is revoked", Severity.Success);
            await RefreshAsync();
        }
    }

    private async Task RefreshAsync()
    {
        Rows = null;
        await ReloadAsync();
    }
}

/// <summary>What the list shows of a key.</summary>
public sealed record ApiKeyRow(
    string Id,
    string Name,
    string Hint,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? RevokedAt
)
{
    public static ApiKeyRow Of(ApiKey key) =>
        new(
            key.Id.ToString(),
            key.Name,
            key.Hint,
            key.ScopeList,
            key.CreatedAt,
            key.CreatedBy,
            key.RevokedAt
        );
}
