using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>
/// A calendar day at the clinic: 24 hours, or 23 or 25 when the clocks change.
/// </summary>
/// <param name="Start">Its first instant, not always midnight: in some zones the clocks change at midnight.</param>
/// <param name="End">The first instant of the next day.</param>
public sealed record ClinicDay(
    LocalDate Date,
    DateTimeZone Zone,
    DateTimeOffset Start,
    DateTimeOffset End
)
{
    public static ClinicDay Of(LocalDate date, DateTimeZone zone) =>
        new(
            date,
            zone,
            zone.AtStartOfDay(date).ToDateTimeOffset(),
            zone.AtStartOfDay(date.PlusDays(1)).ToDateTimeOffset()
        );

    /// <summary>The day in which <paramref name="at"/> lies.</summary>
    public static ClinicDay At(DateTimeOffset at, DateTimeZone zone) =>
        Of(Instant.FromDateTimeOffset(at).InZone(zone).Date, zone);

    public bool Contains(DateTimeOffset at) => at >= Start && at < End;

    /// <summary>Whether any part of the span lies in it.</summary>
    public bool Touches(DateTimeOffset from, DateTimeOffset to) => from < End && to > Start;

    /// <summary>What the clinic's clocks show at that instant.</summary>
    public LocalDateTime Local(DateTimeOffset at) =>
        Instant.FromDateTimeOffset(at).InZone(Zone).LocalDateTime;
}
