using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Clinic.Inbox.Schedule;

/// <summary>One visit: who comes, how to reach them, and what the desk says of it.</summary>
public sealed partial class VisitDetails
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    private static readonly (AppointmentStatus Status, string Word, string Css)[] Acts =
    [
        (AppointmentStatus.Arrived, "Arrived", "btn-primary"),
        (AppointmentStatus.Confirmed, "Confirm", ""),
        (AppointmentStatus.NoShow, "No-show", ""),
        (AppointmentStatus.Cancelled, "Cancel visit", ""),
        (AppointmentStatus.Booked, "Back to booked", ""),
    ];

    private ElementReference _title;
    private Id<Appointment>? _focused;

    [Parameter, EditorRequired]
    public Visit Visit { get; set; } = null!;

    [Parameter, EditorRequired]
    public ClinicDay Day { get; set; } = null!;

    /// <summary>Something is being written: nothing can be pressed.</summary>
    [Parameter]
    public bool Busy { get; set; }

    /// <summary>A line is on for conversations.</summary>
    [Parameter]
    public bool CanText { get; set; }

    /// <summary>Why the last act was refused; null when it was not.</summary>
    [Parameter]
    public string? Problem { get; set; }

    [Parameter]
    public EventCallback<AppointmentStatus> OnStatus { get; set; }

    /// <summary>It shall be moved, or something else of it changed.</summary>
    [Parameter]
    public EventCallback OnEdit { get; set; }

    [Parameter]
    public EventCallback<PhoneNumber> OnText { get; set; }

    [Parameter]
    public EventCallback OnClose { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focused != Visit.Id)
        {
            _focused = Visit.Id;
            await _title.FocusAsync(preventScroll: true);
        }
    }

    private Task OnKeyDown(KeyboardEventArgs e) =>
        e.Key == "Escape" ? OnClose.InvokeAsync() : Task.CompletedTask;

    private string About(Patient patient) =>
        string.Join(
            " · ",
            new[]
            {
                patient.Breed.Length > 0 ? patient.Breed : patient.Species,
                patient.Sex,
                patient.AgeOn(Clock.Today.ToDateOnly()),
                patient.Deceased ? "deceased" : "",
            }.Where(part => part.Length > 0)
        );
}
