using MudBlazor;

namespace Clinic.Inbox.Schedule;

/// <summary>What the day asks. Closing a dialog any other way than by its own button changes nothing.</summary>
internal static class ScheduleDialogs
{
    private static readonly DialogOptions Options = new()
    {
        MaxWidth = MaxWidth.Small,
        FullWidth = true,
        CloseOnEscapeKey = true,
        // A click beside a half-filled form must not throw it away.
        BackdropClick = false,
    };

    /// <summary>Takes a new visit into the book; null when none was.</summary>
    public static Task<Appointment?> BookAsync(
        this IDialogService dialogs,
        DateTimeOffset startsAt,
        string staff
    ) =>
        AskAsync(
            dialogs,
            "New appointment",
            new DialogParameters<AppointmentDialog>
            {
                { d => d.StartsAt, startsAt },
                { d => d.WithStaff, staff },
            }
        );

    /// <summary>Moves a visit or changes what it is for; null when nothing was written.</summary>
    /// <param name="startsAt">What the dialog proposes.</param>
    public static Task<Appointment?> ChangeVisitAsync(
        this IDialogService dialogs,
        Visit visit,
        DateTimeOffset startsAt,
        string staff
    ) =>
        AskAsync(
            dialogs,
            "Move or edit",
            new DialogParameters<AppointmentDialog>
            {
                { d => d.Known, visit },
                { d => d.StartsAt, startsAt },
                { d => d.WithStaff, staff },
            }
        );

    private static async Task<Appointment?> AskAsync(
        IDialogService dialogs,
        string title,
        DialogParameters parameters
    )
    {
        var dialog = await dialogs.ShowAsync<AppointmentDialog>(title, parameters, Options);
        return await dialog.Result is { Canceled: false, Data: Appointment written }
            ? written
            : null;
    }
}
