using System.Globalization;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.AddOns;

/// <summary>One line and its switches.</summary>
public sealed partial class LineCard(LineBook book, IDialogService dialogs, ClinicNumbers numbers)
{
    private string? _problem;

    [Parameter, EditorRequired]
    public Line Line { get; set; } = null!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    private string Number => numbers.Write(Line.Number);

    private string KindName =>
        Line.Type switch
        {
            LineType.TollFree =>
                "Toll-free number. The carrier answers STOP and START itself; both are recorded here.",
            LineType.ShortCode => "Short code",
            _ => "Ten-digit number (10DLC)",
        };

    private static string Name(AddOn addOn) =>
        addOn switch
        {
            AddOn.TwoWay => "Two-way",
            AddOn.OneWay => "One-way",
            _ => "Off",
        };

    private async Task SwitchAsync(AddOn addOn)
    {
        if (addOn == Line.AddOn)
        {
            return;
        }
        if (
            Line.AddOn == AddOn.TwoWay
            && !await dialogs.ConfirmAsync(
                "Switch two-way texting off?",
                "Staff can't write on this line any more, and the inbox closes when no other number is on for two-way. Open conversations are kept; queued texts wait or, when they are staff's, are not sent.",
                "Switch off",
                destructive: true
            )
        )
        {
            return;
        }
        await ApplyAsync(actor => book.SwitchAsync(Line.Id, addOn, actor, CancellationToken.None));
    }

    private Task ResumeAsync() =>
        ApplyAsync(actor => book.ResumeAsync(Line.Id, actor, CancellationToken.None));

    private Task SetPaceAsync(ChangeEventArgs e)
    {
        _ = int.TryParse(
            e.Value as string,
            NumberStyles.Integer,
            CultureInfo.InvariantCulture,
            out var pace
        );
        return ConfigureAsync(pace, Line.CarrierConfirmsOptOut);
    }

    private Task SetCarrierConfirmsAsync(ChangeEventArgs e) =>
        ConfigureAsync(Line.MessagesPerSecond, e.Value is true);

    private Task ConfigureAsync(int pace, bool carrierConfirms) =>
        ApplyAsync(actor =>
            book.ConfigureAsync(Line.Id, pace, carrierConfirms, actor, CancellationToken.None)
        );

    private async Task ApplyAsync(Func<Actor, Task<LineResult>> change)
    {
        var result = await change((await Authentication).User.Actor());
        _problem = result switch
        {
            LineResult.Invalid invalid => invalid.Problem,
            LineResult.NotFound => "This line is gone. Reload the page.",
            _ => null,
        };
        await OnChanged.InvokeAsync();
    }
}
