using System.Text.Json.Serialization;
using Clinic.Inbox.Reminders;

namespace Clinic.Inbox.Api;

/// <summary>Something that the clinic gives.</summary>
/// <param name="Name">As clients read it in a reminder.</param>
/// <param name="Active">Whether it is still given.</param>
/// <param name="Action">When clients are reminded; null: never.</param>
internal sealed record ApiInventoryItem(
    string Id,
    string? ExternalId,
    string Name,
    bool Active,
    ApiReminderAction? Action
)
{
    public static ApiInventoryItem Of(InventoryItem item) =>
        new(
            item.Id.ToString(),
            item.ExternalId,
            item.Name,
            item.Active,
            item.Action is { } action
                ? new ApiReminderAction(action.IntervalDays, action.LeadDays, action.FollowUpDays)
                : null
        );
}

/// <summary>When an item is due again and on which days around it the client is texted.</summary>
/// <param name="IntervalDays">Days from giving it to its next time, 1 to 3,660.</param>
/// <param name="LeadDays">Days before the due day, 0 (the day itself) to 365; at most six.</param>
/// <param name="FollowUpDays">Days after it, 1 to 365, while it was not given; at most six.</param>
internal sealed record ApiReminderAction(
    int IntervalDays,
    IReadOnlyList<int>? LeadDays,
    IReadOnlyList<int>? FollowUpDays
)
{
    internal ActionDraft ToDraft() => new(IntervalDays, LeadDays ?? [], FollowUpDays ?? []);
}

/// <summary>What is to be written of an inventory item. What is not given stays as it is.</summary>
internal sealed record InventoryItemInput
{
    private readonly ActionChange? _action;

    /// <summary>1 to 100 characters.</summary>
    [JsonConverter(typeof(LenientText))]
    public string? Name { get; init; }
    public bool? Active { get; init; }

    /// <summary>Null takes the action away: nothing is texted any more.</summary>
    public ApiReminderAction? Action
    {
        get;
        init
        {
            field = value;
            // Set by the reader only when the body names it, be it null.
            _action = new ActionChange(value?.ToDraft());
        }
    }

    internal InventoryDraft ToDraft() => new(Name, Active, _action);
}

/// <summary>To whom an item was given, and when.</summary>
/// <param name="PatientId">The patient; or <paramref name="PatientExternalId"/>.</param>
/// <param name="GivenOn">The clinic's calendar day, today or earlier.</param>
internal sealed record GivenInput(string? PatientId, string? PatientExternalId, DateOnly? GivenOn);

/// <summary>Something that was given.</summary>
/// <param name="NextReminderId">The medical reminder of its next time that became due by it; null: none did.</param>
/// <param name="NextDueOn">When that is.</param>
internal sealed record ApiTreatment(
    string Id,
    string ItemId,
    string PatientId,
    DateOnly GivenOn,
    string By,
    string? NextReminderId,
    DateOnly? NextDueOn
)
{
    public static ApiTreatment Of(GivenResult.Noted noted) =>
        new(
            noted.Treatment.Id.ToString(),
            noted.Treatment.ItemId.ToString(),
            noted.Treatment.PatientId.ToString(),
            noted.Treatment.GivenOn,
            noted.Treatment.By,
            noted.Next?.Id.ToString(),
            noted.Next?.DueOn
        );
}
