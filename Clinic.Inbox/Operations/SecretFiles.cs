namespace Clinic.Inbox.Operations;

/// <summary>
/// Secrets as files, where containers and service managers put them: each file in <c>Secrets:Path</c> is a setting of its name
/// (<c>Vonage__SignatureSecret</c>, <c>ConnectionStrings__Inbox</c>), and wins over what stands elsewhere.
/// </summary>
public static class SecretFiles
{
    public const string Setting = "Secrets:Path";

    /// <exception cref="DirectoryNotFoundException">The folder that is named is not there.</exception>
    public static void AddSecretFiles(this ConfigurationManager configuration)
    {
        if (configuration[Setting] is { Length: > 0 } folder)
        {
            configuration.AddKeyPerFile(Path.GetFullPath(folder), optional: false);
        }
    }
}
