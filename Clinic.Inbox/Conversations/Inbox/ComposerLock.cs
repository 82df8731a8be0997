using Clinic.Inbox.Consent;

namespace Clinic.Inbox.Conversations.Inbox;

/// <summary>What a person can do about a locked composer.</summary>
public enum LockWayOut
{
    None,

    /// <summary>Ask the client and write the consent down.</summary>
    RecordConsent,

    /// <summary>Begin a new conversation with the number.</summary>
    StartAgain,
}

/// <summary>Why nothing can be written now.</summary>
/// <param name="Reason">In plain words.</param>
public sealed record ComposerLock(string Reason, LockWayOut WayOut)
{
    /// <summary>Null: a text may be written.</summary>
    internal static ComposerLock? Of(InboxThread thread) =>
        thread switch
        {
            { IsOpen: false } => new ComposerLock(
                "This conversation is closed. The next text from this number starts a new one.",
                LockWayOut.StartAgain
            ),
            { Composer.LineCanConverse: false } => new ComposerLock(
                "Two-way texting is off for this number. A practice manager can enable it in Settings, Add-ons.",
                LockWayOut.None
            ),
            { Composer.Gate: { Allowed: false } gate } => new ComposerLock(
                gate.Reason,
                gate.Code == GateDecision.NoConsent && thread.Row.ClientId is not null
                    ? LockWayOut.RecordConsent
                    : LockWayOut.None
            ),
            { Composer.LinePausedReason: { } paused } => new ComposerLock(
                $"Sending is paused: {paused}",
                LockWayOut.None
            ),
            _ => null,
        };
}
