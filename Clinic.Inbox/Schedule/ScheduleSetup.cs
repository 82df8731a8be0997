using Clinic.Inbox.Settings;

namespace Clinic.Inbox.Schedule;

/// <summary>Appointments and the day.</summary>
public static class ScheduleSetup
{
    public static IServiceCollection AddSchedule(this IServiceCollection services) =>
        services
            .AddSingleton<AppointmentBook>()
            .AddSingleton<ScheduleQueries>()
            .AddSingleton<BookingWarnings>()
            .AddSingleton<IStanding, HoursStanding>();
}
