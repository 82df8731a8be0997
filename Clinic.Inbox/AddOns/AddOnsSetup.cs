using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Settings;

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
        services.AddJob<NumberOrderJob>(NumberOrderJob.Key, NumberOrderJob.Every);
        services.AddJob<StatementJob>(StatementJob.Key, StatementJob.Every);
        return services;
    }

    public static void MapStatements(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapStatementEndpoints();
}
