using Clinic.Inbox.Conversations;
using Clinic.Inbox.Settings;
using Quartz;

namespace Clinic.Inbox.AddOns;

/// <summary>The lines, what they are switched on for, and what that costs.</summary>
public static class AddOnsSetup
{
    public static IServiceCollection AddAddOns(this IServiceCollection services)
    {
        services.AddSingleton<LineBook>();
        services.AddSingleton<AddOnDesk>();
        services.AddSingleton<NumberOrders>();
        services.AddSingleton<Statements>();
        services.AddSingleton<StatementFiles>();
        services.AddSingleton<IStanding, AddOnStanding>();
        services.AddSingleton<IReceivedFollowUp, NotReadAnswering>();
        services.AddQuartz(quartz =>
        {
            quartz.AddJob<NumberOrderJob>(job =>
                job.WithIdentity(NumberOrderJob.Key).StoreDurably()
            );
            quartz.AddTrigger(trigger =>
                trigger
                    .ForJob(NumberOrderJob.Key)
                    .WithIdentity(NumberOrderJob.Key.Name)
                    .StartNow()
                    .WithSimpleSchedule(times =>
                        times.WithInterval(NumberOrderJob.Every).RepeatForever()
                    )
            );
            quartz.AddJob<StatementJob>(job => job.WithIdentity(StatementJob.Key).StoreDurably());
            quartz.AddTrigger(trigger =>
                trigger
                    .ForJob(StatementJob.Key)
                    .WithIdentity(StatementJob.Key.Name)
                    .StartNow()
                    .WithSimpleSchedule(times =>
                        times.WithInterval(StatementJob.Every).RepeatForever()
                    )
            );
        });
        return services;
    }

    public static void MapStatements(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapStatementEndpoints();
}
