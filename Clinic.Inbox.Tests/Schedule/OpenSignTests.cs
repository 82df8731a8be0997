using Clinic.Inbox.Schedule;
using NodaTime;

namespace Clinic.Inbox.Tests.Schedule;

public sealed class OpenSignTests
{
    private static readonly DateTimeZone Chicago = DateTimeZoneProviders.Tzdb["America/Chicago"];

    [Theory]
    [InlineData(24, 9, "Open now until 12:00 PM")]
    [InlineData(24, 12, "Closed; opens today at 1:00 PM")]
    [InlineData(24, 19, "Closed; opens tomorrow at 8:00 AM")]
    [InlineData(27, 20, "Open now until midnight")]
    [InlineData(28, 9, "Closed; opens on Monday at 8:00 AM")]
    public void It_says_what_a_sign_at_the_door_would(int day, int hour, string says)
    {
        IReadOnlyList<OpenSpan> usual =
        [
            new(new LocalTime(8, 0), new LocalTime(12, 0)),
            new(new LocalTime(13, 0), new LocalTime(18, 0)),
        ];
        var hours = new ClinicHours(
            Chicago,
            new Dictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>>
            {
                [IsoDayOfWeek.Monday] = usual,
                [IsoDayOfWeek.Tuesday] = usual,
                [IsoDayOfWeek.Wednesday] = usual,
                [IsoDayOfWeek.Friday] = [new(new LocalTime(13, 0), LocalTime.Midnight)],
            },
            []
        );

        Assert.Equal(
            says,
            OpenSign.InWords(
                hours,
                new LocalDateTime(2026, 11, day, hour, 0).InZoneStrictly(Chicago).ToInstant()
            )
        );
    }
}
