using Clinic.Inbox.Layout;
using Clinic.Inbox.Templates;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>One text in its editor: the clinic's or, by <c>?type=</c>, an appointment type's own.</summary>
public sealed partial class SmsDefaultPage(SmsDefaultQueries texts, ILogger<SmsDefaultPage> log)
    : LoadedPage(log)
{
    private (string, string?)? _loaded;
    private bool _missing;

    /// <summary>A <see cref="TemplateInfo.Name"/>.</summary>
    [Parameter]
    public string KindName { get; set; } = "";

    [SupplyParameterFromQuery(Name = "type")]
    private string? Type { get; set; }

    [PersistentState]
    public SmsDefaultView? View { get; set; }

    private string? Title =>
        View is null ? null
        : View.TypeName is null ? View.Info.Title
        : $"{View.Info.Title} · {View.TypeName}";

    // The address decides what to load, so that another type's text is no new component.
    protected override Task OnInitializedAsync() => Task.CompletedTask;

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == (KindName, Type))
        {
            return;
        }
        var kept = _loaded is null && View is not null;
        _loaded = (KindName, Type);
        if (!kept)
        {
            View = null;
            await ReloadAsync();
        }
    }

    protected override async Task LoadAsync()
    {
        View = TemplateInfo.Find(KindName) is { } info
            ? await texts.OpenAsync(info.Kind, Type, Cancellation)
            : null;
        _missing = View is null;
    }

    private Task RefreshAsync() => ReloadAsync();
}
