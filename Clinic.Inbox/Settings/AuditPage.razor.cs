using System.Globalization;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.Settings;

/// <summary>Who did what, when. What is looked for and which page stand in the address, so that back and reload keep them.</summary>
public sealed partial class AuditPage(
    AuditLog entries,
    ClinicClock clock,
    NavigationManager navigation,
    ILogger<AuditPage> log
) : LoadedPage(log)
{
    private static readonly (AuditKind Kind, string Name)[] Kinds =
    [
        (AuditKind.Read, "Read"),
        (AuditKind.Sent, "Sent"),
        (AuditKind.Exported, "Exported"),
        (AuditKind.Changed, "Changed"),
        (AuditKind.Deleted, "Deleted"),
        (AuditKind.SignIn, "Signing in, users"),
    ];

    private string? _text;
    private string? _kind;
    private string? _from;
    private string? _to;
    private string? _loaded;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "kind")]
    private string? Kind { get; set; }

    /// <summary>The first day: 2026-11-03.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    private string? From { get; set; }

    /// <summary>The last day.</summary>
    [SupplyParameterFromQuery(Name = "to")]
    private string? To { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? Number { get; set; }

    [PersistentState]
    public AuditPageRows? Page { get; set; }

    private AuditSearch Search => AuditQuery.Read(clock, Query, Kind, From, To);

    private string File => AuditQuery.Address(Paths.AuditFile, Query, Kind, From, To);

    // The parameters decide what to load, so that another page of the log is no new component.
    protected override Task OnInitializedAsync() => Task.CompletedTask;

    protected override async Task OnParametersSetAsync()
    {
        var wanted = $"{File}#{Number}";
        if (_loaded == wanted)
        {
            return;
        }
        var kept = _loaded is null && Page is not null;
        _loaded = wanted;
        (_text, _kind, _from, _to) = (Query, Kind, From, To);
        if (!kept)
        {
            await ReloadAsync();
        }
    }

    protected override async Task LoadAsync() =>
        Page = await entries.PageAsync(Search, Number ?? 1, Cancellation);

    private void Find() =>
        navigation.NavigateTo(AuditQuery.Address(Paths.Audit, _text, _kind, _from, _to));

    private string Link(int number) =>
        navigation.GetUriWithQueryParameters(
            new Dictionary<string, object?>
            {
                ["page"] = number <= 1 ? null : number.ToString(CultureInfo.InvariantCulture),
            }
        );
}
