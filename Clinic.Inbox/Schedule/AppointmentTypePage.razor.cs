using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Schedule;

/// <summary>One kind of visit: how it is called and drawn, and what clients are texted about it.</summary>
public sealed partial class AppointmentTypePage(
    ScheduleQueries schedule,
    AppointmentTypeBook book,
    ReminderSettingsBook settings,
    ISnackbar messages,
    Announcements announcements,
    NavigationManager navigation,
    AuthenticationStateProvider session,
    ILogger<AppointmentTypePage> log
) : LoadedPage(log)
{
    private const string New = "new";
    private const int UsualForm = 24 * 60;

    private readonly FormErrors _errors = new();
    private AppointmentType? _known;
    private IReadOnlyList<int> _usual = [];
    private IReadOnlyList<int>? _own;
    private string _name = "";
    private string _minutes = "30";
    private string _color = AppointmentType.Colors[0];
    private bool _confirms = true;
    private bool _form;
    private int? _preVisit = UsualForm;
    private bool _loaded;
    private bool _missing;
    private bool _saving;

    /// <summary>The type's id, or <c>new</c>.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    private string Title =>
        _known?.Name ?? (Id == New ? "New appointment type" : "Appointment type");

    protected override async Task LoadAsync()
    {
        _usual = (await settings.ReadAsync(Cancellation)).AppointmentOffsets;
        if (Id != New)
        {
            var types = await schedule.TypesAsync(Cancellation);
            _known = types.FirstOrDefault(t => t.Id.ToString() == Id);
            _missing = _known is null;
        }
        if (_known is { } type)
        {
            _name = type.Name;
            _minutes = type.Minutes.ToString(CultureInfo.InvariantCulture);
            _color = type.Color;
            _confirms = type.SendsConfirmation;
            _own = type.ReminderOffsets;
            _form = type.PreVisitOffset is not null;
            _preVisit = type.PreVisitOffset ?? UsualForm;
        }
        _loaded = true;
    }

    private async Task SaveAsync()
    {
        if (_saving)
        {
            return;
        }
        _saving = true;
        _errors.Clear();
        try
        {
            if (_form && _preVisit is null)
            {
                _errors.Take([new("preVisitOffset", "Type how long before the visit.")]);
                return;
            }
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            Take(
                _known is { } type
                    ? await book.UpdateAsync(type.Id, Draft(), by, Cancellation)
                    : await book.AddAsync(Draft(), by, Cancellation)
            );
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotSaved(log, failure);
            _errors.Fail("This could not be saved. What you typed is still here; try again.");
        }
        finally
        {
            _saving = false;
            if (_errors.Any)
            {
                announcements.Say(_errors.Summary);
            }
        }
    }

    private AppointmentTypeDraft Draft()
    {
        // What is no number is 0 minutes, which the book refuses.
        _ = int.TryParse(
            _minutes,
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var minutes
        );
        return new AppointmentTypeDraft(
            _name,
            minutes,
            _color,
            _confirms,
            new Said<IReadOnlyList<int>?>(_own),
            new Said<int?>(_form ? _preVisit : null)
        );
    }

    private void Take(AppointmentTypeResult result)
    {
        switch (result)
        {
            case AppointmentTypeResult.Saved saved:
                messages.Add($"{saved.Type.Name} is saved", Severity.Success);
                navigation.NavigateTo(Paths.AppointmentTypes);
                break;
            case AppointmentTypeResult.Invalid invalid:
                _errors.Take([invalid.Problem], "color");
                break;
            default:
                _errors.Fail("This type is not there any more.");
                break;
        }
    }

    /// <summary>Where the type's own words are written; a type that is not saved yet has none.</summary>
    private RenderFragment? TextLink(string kind, string what) =>
        _known is { } type
            ? builder =>
            {
                builder.OpenElement(0, "a");
                builder.AddAttribute(1, "class", "link small");
                builder.AddAttribute(
                    2,
                    "href",
                    $"{Paths.Settings}/sms-defaults/{kind}?type={type.Id}"
                );
                builder.AddContent(3, $"Edit the {what} text of this type");
                builder.CloseElement();
            }
            : null;

    [LoggerMessage(LogLevel.Error, "An appointment type could not be saved")]
    private static partial void LogNotSaved(ILogger log, Exception failure);
}
