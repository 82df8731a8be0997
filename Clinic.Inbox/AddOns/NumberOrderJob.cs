using Quartz;

namespace Clinic.Inbox.AddOns;

/// <summary>Carries on orders of numbers that a crash or a silent carrier left unfinished.</summary>
[DisallowConcurrentExecution]
public sealed class NumberOrderJob(NumberOrders orders) : IJob
{
    public static readonly JobKey Key = new("numbers");

    public static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    public async ValueTask Execute(
        IJobExecutionContext context,
        CancellationToken cancellationToken = default
    ) => await orders.CarryOnDueAsync(cancellationToken);
}
