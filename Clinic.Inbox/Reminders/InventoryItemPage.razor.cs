using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.Reminders;

/// <summary>One inventory item: its name, and when clients are reminded of it.</summary>
public sealed partial class InventoryItemPage(
    CareQueries care,
    InventoryBook book,
    NavigationManager navigation,
    Announcements announcements,
    ISnackbar snackbar,
    ILogger<InventoryItemPage> log
) : LoadedPage(log)
{
    private readonly FormErrors _errors = new();
    private InventoryItem? _item;
    private string _name = "";
    private bool _active = true;
    private bool _reminds;
    private string _interval = "365";
    private string _lead = "14, 3";
    private string _followUp = "7";
    private bool _loaded;
    private bool _saving;

    /// <summary>The item's id, or <c>new</c>.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    private bool IsNew => Id == "new";

    /// <summary>The action by which texts go now; null: none go.</summary>
    private ReminderAction? Saved => _item is { Active: true } ? _item.Action : null;

    private string Says =>
        (IsNew, _item) switch
        {
            (true, _) => "A new item reminds of nothing until it has a reminder action.",
            (_, { Active: false }) => "It is not given any more: nothing is texted when it is due.",
            _ => ActionWords.Of(Saved).TrimEnd('.') + ".",
        };

    protected override async Task LoadAsync()
    {
        _item =
            !IsNew && Id<InventoryItem>.TryParse(Id, provider: null, out var id)
                ? await care.ItemAsync(id, Cancellation)
                : null;
        if (_item is { } item)
        {
            _name = item.Name;
            _active = item.Active;
            _reminds = item.Action is not null;
            if (item.Action is { } action)
            {
                _interval = action.IntervalDays.ToString(CultureInfo.InvariantCulture);
                _lead = string.Join(", ", action.LeadDays);
                _followUp = string.Join(", ", action.FollowUpDays);
            }
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
            if (Draft() is not { } draft)
            {
                return;
            }
            var actor = (await SignedIn).User.Actor();
            Take(
                _item is { } item
                    ? await book.UpdateAsync(item.Id, draft, actor, Cancellation)
                    : await book.AddAsync(draft, actor, Cancellation)
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

    private void Take(InventoryResult result)
    {
        switch (result)
        {
            case InventoryResult.Saved saved:
                snackbar.Add($"{saved.Item.Name} is saved.", Severity.Normal);
                navigation.NavigateTo(ReminderPaths.Items);
                break;
            case InventoryResult.Invalid invalid:
                _errors.Take([invalid.Problem]);
                break;
            default:
                _errors.Fail("This item is not there any more.");
                break;
        }
    }

    /// <summary>Null: a number can't be read, and the form says which.</summary>
    private InventoryDraft? Draft()
    {
        if (!_reminds)
        {
            return new InventoryDraft(_name, _active, new ActionChange(To: null));
        }
        var problems = new List<FieldProblem>();
        var interval = Read(_interval, "action.intervalDays", problems);
        var lead = Read(_lead, "action.leadDays", problems);
        var followUp = Read(_followUp, "action.followUpDays", problems);
        if (problems.Count > 0)
        {
            _errors.Take(problems);
            return null;
        }
        var action = new ActionDraft(interval is [var days] ? days : 0, lead, followUp);
        return new InventoryDraft(_name, _active, new ActionChange(action));
    }

    private static List<int> Read(string typed, string field, List<FieldProblem> problems)
    {
        var numbers = new List<int>();
        foreach (var word in typed.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var days))
            {
                problems.Add(new FieldProblem(field, "Write whole numbers of days: 14, 3."));
                break;
            }
            numbers.Add(days);
        }
        return numbers;
    }

    [LoggerMessage(LogLevel.Error, "An inventory item could not be saved")]
    private static partial void LogNotSaved(ILogger log, Exception failure);
}
