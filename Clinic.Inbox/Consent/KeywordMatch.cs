namespace Clinic.Inbox.Consent;

/// <summary>A text's class and what staff should know besides.</summary>
/// <param name="Class">What to do with the number.</param>
/// <param name="IsBareCancel">
/// The opt-out was the word cancel alone. It opts out, as 47 CFR 64.1200(a)(10) says, but an appointment may be meant:
/// staff get a task, nothing is cancelled by itself.
/// </param>
/// <param name="MentionsCancelling">
/// No opt-out, but it speaks of cancelling ("cancel my appointment"): a task for staff.
/// </param>
/// <param name="IsWrongNumber">Says that this is not the client's number. Texts to it should stop.</param>
/// <param name="IsTapback">A reaction to a text of ours that quotes it ("Liked “…”"): its words are not the client's.</param>
public sealed record KeywordMatch(
    KeywordClass Class,
    bool IsBareCancel = false,
    bool MentionsCancelling = false,
    bool IsWrongNumber = false,
    bool IsTapback = false
)
{
    internal static KeywordMatch Nothing { get; } = new(KeywordClass.None);
}
