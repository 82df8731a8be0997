using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.AddOns;

/// <summary>
/// Enables an add-on: terms and where its number comes from; a search when it is a new one; what that costs; done. Closes with
/// what to tell.
/// </summary>
public sealed partial class EnableAddOnDialog(
    LineBook book,
    AddOnDesk desk,
    NumberOrders orders,
    ClinicNumbers numbers,
    AuthenticationStateProvider session
)
{
    private const string NewNumber = "new";

    private Step _step;
    private string? _source;
    private IReadOnlyList<OfferedNumber>? _found;
    private OfferedNumber? _chosen;
    private string? _problem;
    private bool _busy;

    [CascadingParameter]
    private IMudDialogInstance? Dialog { get; set; }

    [Parameter, EditorRequired]
    public AddOnOffer Offer { get; set; } = null!;

    /// <summary>Numbers of ours that are off.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<LineRow> Spare { get; set; } = [];

    /// <summary>Why no number can be rented; null: one can.</summary>
    [Parameter]
    public string? Missing { get; set; }

    private string GoOnText =>
        _step switch
        {
            Step.Terms when _source == NewNumber => "Choose a number",
            Step.Terms => "Enable",
            Step.Search => "Continue",
            _ => _busy ? "Renting…" : "Rent the number and enable",
        };

    private bool MayGoOn =>
        _step switch
        {
            Step.Terms => _source is not null,
            Step.Search => _chosen is not null,
            _ => true,
        };

    protected override void OnInitialized() =>
        _source =
            Spare.Count > 0 ? Spare[0].Id
            : Missing is null ? NewNumber
            : null;

    private void Back() => (_step, _problem) = (_step - 1, null);

    private Task GoOnAsync() =>
        _step switch
        {
            Step.Terms when _source == NewNumber => GoToSearchAsync(),
            Step.Terms => BusyAsync(UseSpareAsync),
            Step.Search => GoTo(Step.Confirm),
            _ => BusyAsync(RentAsync),
        };

    private async Task GoToSearchAsync()
    {
        await GoTo(Step.Search);
        if (_found is null)
        {
            await SearchAsync((AddOnDesk.Countries[0].Code, ""));
        }
    }

    private Task GoTo(Step step)
    {
        (_step, _problem) = (step, null);
        return Task.CompletedTask;
    }

    private Task SearchAsync((string Country, string AreaCode) wanted) =>
        BusyAsync(async () =>
        {
            _chosen = null;
            var answer = await desk.SearchAsync(
                wanted.Country,
                wanted.AreaCode,
                CancellationToken.None
            );
            (_found, _problem) = (answer.Value ?? [], answer.Problem);
        });

    private async Task UseSpareAsync()
    {
        var line = Spare.First(l => l.Id == _source);
        var by = (await session.GetAuthenticationStateAsync()).User.Actor();
        var result = await book.EnableAsync(
            Id<Line>.Parse(line.Id),
            Offer.AddOn,
            by,
            CancellationToken.None
        );
        if (result is LineResult.Saved)
        {
            Close($"{Offer.Name} is on with {Write(line.Number)}");
        }
        else
        {
            _problem = "This number is not there any more. Close this and reload the page.";
        }
    }

    private async Task RentAsync()
    {
        var by = (await session.GetAuthenticationStateAsync()).User.Actor();
        switch (await orders.PlaceAsync(_chosen!, Offer.AddOn, by, CancellationToken.None))
        {
            case OrderResult.Done done:
                Close($"{Offer.Name} is on with {numbers.Write(done.Line.Number)}");
                break;
            case OrderResult.Refused refused:
                // Another number may do: back to the list, without the one that can't be had.
                _found = [.. _found!.Where(n => n != _chosen)];
                (_step, _chosen, _problem) = (Step.Search, null, refused.Problem);
                break;
            case OrderResult.Unfinished:
                Close("The number is on its way; this page shows how far it is.");
                break;
        }
    }

    private async Task BusyAsync(Func<Task> work)
    {
        if (_busy)
        {
            return;
        }
        (_busy, _problem) = (true, null);
        try
        {
            await work();
        }
        finally
        {
            _busy = false;
        }
    }

    private void Close(string said) => Dialog?.Close(DialogResult.Ok(said));

    private string Write(string number) => numbers.Write(PhoneNumber.FromStored(number));

    private enum Step
    {
        Terms,
        Search,
        Confirm,
    }
}
