using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Clients;

/// <summary>
/// What the client's patients are due for and were given, and every text about it and about visits: planned, on its way,
/// or why not. Live.
/// </summary>
public sealed partial class ProfileReminders(
    CareQueries careQueries,
    ReminderQueries reminders,
    MedicalReminderBook book,
    IDialogService dialogs,
    Feed feed,
    ISnackbar snackbar,
    ILogger<ProfileReminders> log
) : IDisposable
{
    private const int PageSize = 20;
    private const int MostReloaded = 200;

    private readonly CancellationTokenSource _gone = new();
    private FoldedFeed? _changes;
    private ClientCard? _shown;
    private ClientCare? _care;
    private IReadOnlyList<ReminderRow>? _texts;
    private ReminderCursor? _next;
    private bool _failed;

    [Parameter, EditorRequired]
    public ClientCard Card { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (Card != _shown)
        {
            if (Card.Client.Id != _shown?.Client.Id)
            {
                (_care, _texts) = (null, null);
            }
            _shown = Card;
            await LoadAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _changes = new FoldedFeed(feed, TakeAsync);
        }
    }

    private async Task TakeAsync(IReadOnlyList<InboxEvent> changes)
    {
        var mine = changes.Any(change =>
            change switch
            {
                InboxEvent.RemindersChanged(var id) => id is null || id == Card.Client.Id,
                InboxEvent.ReminderTextsChanged(var id) => id is null || id == Card.Client.Id,
                InboxEvent.CatchUp => true,
                _ => false,
            }
        );
        if (mine)
        {
            await InvokeAsync(async () =>
            {
                await LoadAsync();
                StateHasChanged();
            });
        }
    }

    private async Task LoadAsync()
    {
        var client = Card.Client;
        try
        {
            var shown = Math.Clamp(_texts?.Count ?? 0, PageSize, MostReloaded);
            var care = await careQueries.OfAsync(client, _gone.Token);
            var page = await reminders.OfClientAsync(client.Id, after: null, shown, _gone.Token);
            if (client.Id == Card.Client.Id)
            {
                _care = care;
                (_texts, _next) = page;
                _failed = false;
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody looks any more.
        }
        catch (Exception failure)
        {
            LoadingFailed.Log(log, failure);
            _failed = true;
        }
    }

    private async Task MoreAsync()
    {
        try
        {
            var page = await reminders.OfClientAsync(Card.Client.Id, _next, PageSize, _gone.Token);
            (_texts, _next) = ([.. _texts!, .. page.Rows], page.Next);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LoadingFailed.Log(log, failure);
            _failed = true;
        }
    }

    /// <param name="due">What is settled by it; null: something that need not be due.</param>
    private async Task GivenAsync(DueCare? due)
    {
        if (await dialogs.RecordGivenAsync(Card, due))
        {
            await LoadAsync();
        }
    }

    private async Task AddAsync()
    {
        if (await dialogs.AddReminderAsync(Card))
        {
            await LoadAsync();
        }
    }

    private async Task BecomeAsync(Id<MedicalReminder> id, MedicalState state)
    {
        try
        {
            var draft = new MedicalReminderDraft(null, null, null, State: state);
            var actor = (await SignedIn).User.Actor();
            await book.UpdateAsync(id, draft, actor, _gone.Token);
            await LoadAsync();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotChanged(failure);
            snackbar.Add("That could not be done. Try again.", Severity.Error);
        }
    }

    [LoggerMessage(LogLevel.Error, "A medical reminder could not be changed")]
    private partial void LogNotChanged(Exception failure);

    public void Dispose()
    {
        _changes?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
