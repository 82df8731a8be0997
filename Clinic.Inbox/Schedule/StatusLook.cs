using MudBlazor;

namespace Clinic.Inbox.Schedule;

/// <summary>How a status looks and is called.</summary>
/// <param name="Css">Ending of its css classes.</param>
internal sealed record StatusLook(string Word, string Icon, string Css)
{
    public static StatusLook Of(AppointmentStatus status) =>
        status switch
        {
            AppointmentStatus.Confirmed => new(
                "Confirmed",
                Icons.Material.Rounded.CheckCircle,
                "confirmed"
            ),
            AppointmentStatus.Arrived => new(
                "Arrived",
                Icons.Material.Rounded.WhereToVote,
                "arrived"
            ),
            AppointmentStatus.Cancelled => new(
                "Cancelled",
                Icons.Material.Rounded.EventBusy,
                "cancelled"
            ),
            AppointmentStatus.NoShow => new("No-show", Icons.Material.Rounded.PersonOff, "noshow"),
            _ => new("Booked", Icons.Material.Rounded.Schedule, "booked"),
        };
}
