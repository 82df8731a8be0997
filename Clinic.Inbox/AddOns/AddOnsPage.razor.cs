using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.AddOns;

/// <summary>What is on, with which number, and whether it sends; enabling, switching and disabling.</summary>
public sealed partial class AddOnsPage(
    LineBook book,
    AddOnDesk desk,
    NumberOrders orders,
    ClinicNumbers numbers,
    Feed feed,
    IDialogService dialogs,
    ISnackbar messages,
    AuthenticationStateProvider session,
    ILogger<AddOnsPage> log
) : LoadedPage(log)
{
    private IDisposable? _changes;
    private bool _busy;

    [PersistentState]
    public AddOnsView? View { get; set; }

    protected override async Task LoadAsync()
    {
        // What came with the page is kept until something changes.
        if (View is null || _changes is not null)
        {
            View = new AddOnsView(
                [.. (await book.ListAsync(Cancellation)).Select(LineRow.Of)],
                [.. (await orders.OpenAsync(Cancellation)).Select(OrderRow.Of)],
                desk.Missing
            );
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _changes = feed.Subscribe(changes =>
            {
                if (changes is InboxEvent.LineChanged or InboxEvent.CatchUp)
                {
                    _ = InvokeAsync(RefreshAsync);
                }
            });
        }
    }

    private async Task RefreshAsync()
    {
        await ReloadAsync();
        StateHasChanged();
    }

    private Task EnableAsync(AddOnOffer offer) =>
        DoAsync(async by =>
        {
            if (View!.On is { } on)
            {
                await SwitchAsync(on, offer, by);
                return;
            }
            if (await dialogs.EnableAddOnAsync(offer, View.Spare, View.Missing) is { } said)
            {
                messages.Add(said, Severity.Success);
            }
        });

    /// <summary>Number and clients stay; what changes is said first.</summary>
    private async Task SwitchAsync(AddOnOffer on, AddOnOffer offer, Actor by)
    {
        var outlook = await desk.OutlookAsync(Cancellation);
        if (
            await dialogs.ChangeAddOnAsync(
                $"Switch to {offer.Name}?",
                AddOnWords.OfSwitch(on, offer, outlook),
                $"Switch to {(offer.AddOn == AddOn.TwoWay ? "two-way" : "one-way")}",
                destructive: false
            )
        )
        {
            await book.SwitchAllAsync(offer.AddOn, by, Cancellation);
            messages.Add($"{offer.Name} is on", Severity.Success);
        }
    }

    private Task DisableAsync(AddOnOffer offer) =>
        DoAsync(async by =>
        {
            var outlook = await desk.OutlookAsync(Cancellation);
            if (
                await dialogs.ChangeAddOnAsync(
                    $"Disable {offer.Name}?",
                    AddOnWords.OfDisabling(offer, outlook),
                    "Disable",
                    destructive: true
                )
            )
            {
                await desk.DisableAsync(by, Cancellation);
                messages.Add($"{offer.Name} is off", Severity.Success);
            }
        });

    private Task ReleaseAsync(LineRow line) =>
        DoAsync(async by =>
        {
            var number = Write(line.Number);
            if (
                !await dialogs.ChangeAddOnAsync(
                    $"Give back {number}?",
                    [
                        "The number goes back to the carrier, and its rent ends. Somebody else may rent it: what clients text to it does not reach you any more.",
                        "Texts that wait to leave by it are not sent. Its conversations stay in Communications.",
                        "This can't be undone.",
                    ],
                    "Give back the number",
                    destructive: true
                )
            )
            {
                return;
            }
            var problem = await desk.ReleaseAsync(Id<Line>.Parse(line.Id), by, Cancellation);
            messages.Add(
                problem ?? $"{number} is given back",
                problem is null ? Severity.Success : Severity.Error
            );
        });

    private Task FinishAsync(OrderRow order) =>
        DoAsync(async _ =>
        {
            switch (await orders.CarryOnAsync(Id<NumberOrder>.Parse(order.Id)))
            {
                case OrderResult.Done done:
                    messages.Add($"{numbers.Write(done.Line.Number)} is yours", Severity.Success);
                    break;
                case OrderResult.Refused refused:
                    messages.Add(refused.Problem, Severity.Error);
                    break;
                case OrderResult.Unfinished unfinished:
                    messages.Add(unfinished.Problem, Severity.Warning);
                    break;
            }
        });

    private Task ResumeAsync(LineRow line) =>
        DoAsync(async by =>
        {
            if (
                await book.ResumeAsync(Id<Line>.Parse(line.Id), by, Cancellation)
                is LineResult.Saved
            )
            {
                messages.Add("The line sends again", Severity.Success);
            }
        });

    private async Task DoAsync(Func<Actor, Task> act)
    {
        // A second click before the dialog shows must not open a second one.
        if (_busy)
        {
            return;
        }
        _busy = true;
        try
        {
            await act((await session.GetAuthenticationStateAsync()).User.Actor());
            await ReloadAsync();
        }
        finally
        {
            _busy = false;
        }
    }

    private string Write(string number) => numbers.Write(PhoneNumber.FromStored(number));

    protected override void Dispose(bool disposing)
    {
        _changes?.Dispose();
        base.Dispose(disposing);
    }
}
