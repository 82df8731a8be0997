namespace Clinic.Inbox.Layout;

/// <summary>Says a sentence to screen readers, through <see cref="Announcer"/>. One per circuit.</summary>
public sealed class Announcements
{
#pragma warning disable MA0046 // One string is all there is to tell.
    internal event Action<string>? Said;
#pragma warning restore MA0046

    /// <summary>For what sighted people see happen: "New text from Ana Ruiz".</summary>
    public void Say(string text) => Said?.Invoke(text);
}
