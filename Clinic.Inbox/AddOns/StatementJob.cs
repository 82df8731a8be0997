using Quartz;

namespace Clinic.Inbox.AddOns;

/// <summary>Closes months. What is due stands in the calendar and in the statements, so that a missed look loses nothing.</summary>
[DisallowConcurrentExecution]
public sealed class StatementJob(Statements statements) : IJob
{
    public static readonly JobKey Key = new("statements");

    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public async ValueTask Execute(
        IJobExecutionContext context,
        CancellationToken cancellationToken = default
    ) => await statements.CloseDueAsync(cancellationToken);
}
