using Clinic.Inbox.Consent;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Clients;

/// <summary>What holds for each category, and everything that ever happened to it.</summary>
public sealed partial class ProfileConsent(
    ConsentBook book,
    ClientFacts facts,
    IDialogService dialogs,
    ILogger<ProfileConsent> log
) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<ConsentEvent>? _history;
    private ClientCard? _shown;
    private string? _problem;
    private bool _failed;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Parameter, EditorRequired]
    public ClientCard Card { get; set; } = null!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (Card != _shown)
        {
            _shown = Card;
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            var consents = await book.HistoryAsync(Card.Client.Id, _gone.Token);
            var optOuts = await facts.OptOutsAsync(Card.Client, _gone.Token);
            _history =
            [
                .. consents
                    .Select(ConsentEvent.Of)
                    .Concat(optOuts.Select(o => ConsentEvent.Of(o, Card.Region)))
                    .OrderByDescending(e => e.At),
            ];
            _failed = false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LoadingFailed.Log(log, failure);
            _failed = true;
        }
    }

    private async Task RecordAsync(ConsentCategory category)
    {
        if (await dialogs.RecordConsentAsync(Card.Client.Id, category))
        {
            await OnChanged.InvokeAsync();
        }
    }

    private async Task WithdrawAsync(ConsentCategory category)
    {
        var name = ConsentTerms.Name(category);
        var sure = await dialogs.ConfirmAsync(
            "Withdraw consent?",
            $"{name}: {Card.Client.FullName} no longer agrees. Texts of this kind stop at once, those that wait included. The consent stays in the history.",
            "Withdraw consent",
            destructive: true
        );
        if (!sure)
        {
            return;
        }
        try
        {
            var actor = (await Authentication).User.Actor();
            await book.WithdrawAsync(Card.Client.Id, category, actor, _gone.Token);
            _problem = null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LoadingFailed.Log(log, failure);
            _problem = "The withdrawal could not be written down. Try again.";
        }
        await OnChanged.InvokeAsync();
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
