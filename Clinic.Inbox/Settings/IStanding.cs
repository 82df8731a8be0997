using Clinic.Inbox.Data;

namespace Clinic.Inbox.Settings;

/// <summary>Whether something works as it is set.</summary>
public enum StandingLevel
{
    Ok,

    /// <summary>Missing or failing: somebody should look.</summary>
    Attention,

    /// <summary>Off, which may be meant so.</summary>
    Off,
}

/// <summary>How one thing stands, in a line.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Text">How it stands, in plain words.</param>
/// <param name="Href">Where one can change it; null for somebody who may not go there.</param>
/// <param name="Policy">Who may go there. Every manager sees how it stands.</param>
public sealed record Standing(
    string Title,
    StandingLevel Level,
    string Text,
    string? Href,
    string Policy
);

/// <summary>A feature that says how it stands on the settings' first page.</summary>
public interface IStanding
{
    /// <summary>Lower stands first.</summary>
    int Order { get; }

    /// <summary>Cheap: one small query, or none.</summary>
    Task<IReadOnlyList<Standing>> LookAsync(StandingLook look, CancellationToken cancellation);
}

/// <summary>What many standings need, read once.</summary>
/// <param name="Settings">The clinic's choices as they are stored, by key.</param>
public sealed record StandingLook(
    InboxDb Db,
    DateTimeOffset Now,
    ClinicProfile Clinic,
    IReadOnlyDictionary<string, string> Settings
)
{
    /// <summary>What was chosen, or <paramref name="otherwise"/>.</summary>
    public T Setting<T>(string key, T otherwise)
        where T : class => SettingStore.Read(Settings.GetValueOrDefault(key), otherwise);
}
