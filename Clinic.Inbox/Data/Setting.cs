namespace Clinic.Inbox.Data;

/// <summary>A clinic-wide choice that an administrator or manager made, by name.</summary>
public sealed class Setting
{
    private Setting() { }

    public Setting(string key, string value)
    {
        Key = key;
        Value = value;
    }

    public string Key { get; private set; } = "";
    public string Value { get; set; } = "";
}
