using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Schedule;

public sealed class BookingWarningsTests : IAsyncLifetime
{
    // A Tuesday in Chicago, ten in the morning, of a year to come.
    private static readonly DateTimeOffset Ten = new(2040, 11, 13, 16, 0, 0, TimeSpan.Zero);
    private InboxApp _app = null!;
    private Arranged _clinic = null!;

    private BookingWarnings Warnings => _app.Get<BookingWarnings>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await InboxApp.StartAsync();
        _clinic = await Arranged.InAsync(_app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_person_who_sees_somebody_else_is_named_with_the_time()
    {
        var booked = await _app.Get<AppointmentBook>()
            .BookAsync(_clinic.Draft(Ten), Arranged.Maya, Ct);
        var id = Assert.IsType<BookResult.Done>(booked).Appointment.Id;

        Assert.Equal(
            "Dr. Osei sees Biscuit from 10:00 AM to 10:30 AM.",
            Assert.Single(await OfAsync(Ten.AddMinutes(15)))
        );
        // Neither the visit itself, nor what follows it, nor somebody else is in the way.
        Assert.Empty(await Warnings.OfAsync(Ten, Ten.AddMinutes(30), "Dr. Osei", except: id, Ct));
        Assert.Empty(await OfAsync(Ten.AddMinutes(30)));
        Assert.Empty(await OfAsync(Ten, "Dr. Santos"));
        Assert.Empty(await OfAsync(Ten, ""));

        await _app.Get<AppointmentBook>().CancelAsync(id, Arranged.Maya, Ct);
        Assert.Empty(await OfAsync(Ten));
    }

    [Fact]
    public async Task Outside_hours_weekends_closures_and_the_past_are_warned_of()
    {
        await _app.Get<HoursBook>()
            .AddClosuresAsync(
                [(new DateOnly(2040, 11, 14), new DateOnly(2040, 11, 14), "Staff training")],
                Arranged.Maya,
                Ct
            );

        Assert.Equal(
            "Outside clinic hours, 8:00 AM to 6:00 PM that day.",
            Assert.Single(await OfAsync(Ten.AddHours(9)))
        );
        // It begins before closing time and ends after it.
        Assert.Single(await OfAsync(Ten.AddHours(7.75)));
        Assert.Empty(await OfAsync(Ten.AddHours(7.5)));
        Assert.Equal(
            "The clinic is closed on Saturdays.",
            Assert.Single(await OfAsync(Ten.AddDays(4)))
        );
        Assert.Equal(
            "The clinic is closed that day: Staff training.",
            Assert.Single(await OfAsync(Ten.AddDays(1)))
        );
        Assert.Contains(
            "This time has passed: no text goes out.",
            await OfAsync(_app.Clock.GetUtcNow().AddHours(-1))
        );
    }

    private Task<IReadOnlyList<string>> OfAsync(DateTimeOffset start, string staff = "Dr. Osei") =>
        Warnings.OfAsync(start, start.AddMinutes(30), staff, except: null, Ct);
}
