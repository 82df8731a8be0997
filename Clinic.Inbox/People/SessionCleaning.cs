using Quartz;

namespace Clinic.Inbox.People;

/// <summary>Forgets sessions that ended long ago. A missed run loses nothing.</summary>
[DisallowConcurrentExecution]
public sealed class SessionCleaning(SessionBook sessions) : IJob
{
    internal const string Name = "session-cleaning";

    public async ValueTask Execute(
        IJobExecutionContext context,
        CancellationToken cancellationToken = default
    ) => await sessions.ForgetAsync(cancellationToken);
}
