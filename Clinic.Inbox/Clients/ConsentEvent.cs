using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Clients;

/// <summary>One line of the history on the Consent tab: an entry of the book, or an opt-out or opt-in of a number.</summary>
/// <param name="Title">What happened, in words.</param>
/// <param name="How">By which way and by whom.</param>
/// <param name="Terms">The words that were read or shown; null for opt-outs.</param>
/// <param name="Allows">Whether it lets texts through (for the mark beside it).</param>
public sealed record ConsentEvent(
    string Key,
    DateTimeOffset At,
    DateTimeOffset? RecordedAt,
    string Title,
    string How,
    string? Terms,
    bool Allows
)
{
    public static ConsentEvent Of(ConsentRecord record)
    {
        var granted = record.Action == ConsentAction.Granted;
        return new ConsentEvent(
            record.Id.ToString(),
            record.At,
            record.RecordedAt,
            $"{ConsentTerms.Name(record.Category)}: {(granted ? "consent given" : "consent withdrawn")}",
            // How a client took a consent back is in the words; the method of such an entry says nothing.
            granted
                ? $"{ConsentGate.Name(record.Method)}, taken by {record.By}"
                : $"by {record.By}",
            record.Terms,
            granted
        );
    }

    public static ConsentEvent Of(OptOutRecord record, string region) =>
        new(
            record.Id.ToString(),
            record.At,
            RecordedAt: null,
            $"{record.Number.Display(region)} {(record.OptedOut ? "opted out of all texts" : "opted back in")}",
            record.Source switch
            {
                OptOutSource.Keyword => "by text",
                OptOutSource.Staff => $"noted by {record.By}",
                _ => "told by the carrier",
            },
            Terms: null,
            !record.OptedOut
        );
}
