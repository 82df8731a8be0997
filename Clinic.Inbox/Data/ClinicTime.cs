namespace Clinic.Inbox.Data;

/// <summary>The clock that everything reads.</summary>
public static class ClinicTime
{
    /// <summary>Adds <see cref="TimeProvider"/>: the system's, and in Development one that <c>/simulator/clock</c> can move.</summary>
    public static IServiceCollection AddClinicTime(
        this IServiceCollection services,
        IHostEnvironment environment
    )
    {
        if (!environment.IsDevelopment())
        {
            return services.AddSingleton(TimeProvider.System);
        }
        var clock = new DemoClock();
        services.AddSingleton(clock);
        return services.AddSingleton<TimeProvider>(clock);
    }
}
