namespace Clinic.Inbox.Clients;

/// <summary>The log line of a part of a profile that could not be loaded.</summary>
internal static partial class LoadingFailed
{
    [LoggerMessage(LogLevel.Error, "A part of a client's profile could not be loaded")]
    public static partial void Log(ILogger log, Exception failure);
}
