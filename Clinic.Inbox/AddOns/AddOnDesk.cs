using System.Globalization;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Microsoft.EntityFrameworkCore;
using PhoneNumbers;

namespace Clinic.Inbox.AddOns;

/// <summary>What a change of the add-on concerns, counted before somebody decides.</summary>
/// <param name="OpenConversations">On the lines that are on.</param>
/// <param name="StaffTexts">Written by staff, waiting to leave.</param>
/// <param name="OtherTexts">Reminders and other automatic texts, waiting to leave.</param>
/// <param name="Planned">Reminders planned for the coming seven days.</param>
public sealed record AddOnOutlook(
    int OpenConversations,
    int StaffTexts,
    int OtherTexts,
    int Planned
);

/// <summary>What managers do on the add-ons page besides switching: look what a change means, search and give back numbers.</summary>
public sealed class AddOnDesk(
    LineBook book,
    INumberProvider provider,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock
)
{
    /// <summary>Numbers that a search shows.</summary>
    public const int MostNumbers = 20;

    /// <summary>Countries whose numbers are offered: Vonage carries MMS and our rules of consent only there.</summary>
    public static readonly IReadOnlyList<(string Code, string Name)> Countries =
    [
        ("US", "United States"),
        ("CA", "Canada"),
    ];

    /// <summary>Why no number can be rented here; null: one can.</summary>
    public string? Missing => provider.Missing;

    public async Task<AddOnOutlook> OutlookAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var soon = clock.GetUtcNow().AddDays(7);
        var on = db.Lines.Where(l => l.AddOn != AddOn.Off).Select(l => l.Id);
        var waiting = await db
            .Messages.Where(m => m.State == MessageState.Queued && on.Contains(m.LineId))
            .GroupBy(m => m.Kind)
            .Select(g => new { Kind = g.Key, Count = g.Count() })
            .ToListAsync(cancellation);
        var staffs = waiting.Where(w => w.Kind == MessageKind.Conversation).Sum(w => w.Count);
        return new AddOnOutlook(
            await db.Conversations.CountAsync(
                c => c.State == ConversationState.Open && on.Contains(c.LineId),
                cancellation
            ),
            staffs,
            waiting.Sum(w => w.Count) - staffs,
            await db.PlannedReminders.CountAsync(
                p =>
                    (p.State == ReminderState.Planned || p.State == ReminderState.Held)
                    && p.DueAt < soon,
                cancellation
            )
        );
    }

    /// <summary>Numbers for rent that begin with an area code; a problem when the code is none, or the carrier has no answer.</summary>
    /// <param name="country">One of <see cref="Countries"/>.</param>
    /// <param name="areaCode">Digits; empty for any.</param>
    public async Task<NumberAnswer<IReadOnlyList<OfferedNumber>>> SearchAsync(
        string country,
        string areaCode,
        CancellationToken cancellation
    )
    {
        var digits = areaCode.Trim().TrimStart('(').TrimEnd(')').Trim();
        if (digits.Length is not (0 or 3) || !digits.All(char.IsAsciiDigit))
        {
            return new(
                [],
                "An area code has three digits, for example 312. Leave it empty for any."
            );
        }
        var prefix = PhoneNumberUtil
            .GetInstance()
            .GetCountryCodeForRegion(country)
            .ToString(CultureInfo.InvariantCulture);
        return await provider.SearchAsync(
            new NumberQuery(country, prefix + digits, MostNumbers),
            cancellation
        );
    }

    /// <summary>Switches everything off; what waits is held.</summary>
    public Task DisableAsync(Actor actor, CancellationToken cancellation) =>
        book.SwitchAllAsync(AddOn.Off, actor, cancellation);

    /// <summary>Gives a number back to the carrier for good. Its line must be off.</summary>
    /// <returns>Why it is still ours, in plain words; null: it is given back.</returns>
    public async Task<string?> ReleaseAsync(
        Id<Line> id,
        Actor actor,
        CancellationToken cancellation
    )
    {
        if (provider.Missing is { } missing)
        {
            return missing;
        }
        var line = (await book.ListAsync(cancellation)).FirstOrDefault(l => l.Id == id);
        if (line is not { AddOn: AddOn.Off })
        {
            return "Only a number that is off can be given back. Reload the page.";
        }
        var number = line.Number.Digits;
        var owned = await provider.FindOwnedAsync(number, cancellation);
        if (owned.Problem is { } silent)
        {
            return silent;
        }
        if (owned.Value is { } ours)
        {
            var deed = await provider.ReleaseAsync(ours.Country, number, CancellationToken.None);
            if (await WhyStillOursAsync(deed, number) is { } problem)
            {
                return problem;
            }
        }
        await book.ReleaseAsync(id, actor, CancellationToken.None);
        return null;
    }

    /// <summary>Without a clear answer the carrier's list decides.</summary>
    private async Task<string?> WhyStillOursAsync(NumberDeed deed, string number)
    {
        switch (deed)
        {
            case NumberDeed.Refused refused:
                return refused.Problem;
            case NumberDeed.Unconfirmed unconfirmed:
                var owned = await provider.FindOwnedAsync(number, CancellationToken.None);
                return owned is { Problem: null, Value: null } ? null : unconfirmed.Problem;
            default:
                return null;
        }
    }
}
