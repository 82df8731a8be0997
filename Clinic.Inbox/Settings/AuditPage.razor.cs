using System.Globalization;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Settings;

/// <summary>Who did what, when. What is looked for and which page stand in the address, so that back and reload keep them.</summary>
public sealed partial class AuditPage(
    AuditLog entries,
    NavigationManager navigation,
    ILogger<AuditPage> log
) : LoadedPage(log)
{
    private string? _text;
    private (string?, int?)? _loaded;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? Number { get; set; }

    [PersistentState]
    public AuditPageRows? Page { get; set; }

    // The parameters decide what to load, so that another page of the log is no new component.
    protected override Task OnInitializedAsync() => Task.CompletedTask;

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == (Query, Number))
        {
            return;
        }
        var kept = _loaded is null && Page is not null;
        _loaded = (Query, Number);
        _text = Query;
        if (!kept)
        {
            await ReloadAsync();
        }
    }

    protected override async Task LoadAsync() =>
        Page = await entries.PageAsync(Query, Number ?? 1, Cancellation);

    private void Search() =>
        navigation.NavigateTo(
            string.IsNullOrWhiteSpace(_text)
                ? Paths.Audit
                : $"{Paths.Audit}?q={Uri.EscapeDataString(_text.Trim())}"
        );

    private string Link(int number) =>
        navigation.GetUriWithQueryParameters(
            new Dictionary<string, object?>
            {
                ["page"] = number <= 1 ? null : number.ToString(CultureInfo.InvariantCulture),
            }
        );
}
