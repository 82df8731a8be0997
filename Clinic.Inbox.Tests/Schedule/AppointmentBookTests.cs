using System.Collections.Concurrent;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Schedule;

public sealed class AppointmentBookTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Ten = new(2026, 11, 10, 16, 0, 0, TimeSpan.Zero);
    private InboxApp _app = null!;
    private Arranged _clinic = null!;

    private AppointmentBook Book => _app.Get<AppointmentBook>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await InboxApp.StartAsync();
        _clinic = await Arranged.InAsync(_app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_booked_visit_is_as_long_as_its_type_and_is_noted_and_told()
    {
        var told = new ConcurrentQueue<InboxEvent>();
        using var listening = _app.Get<Feed>().Subscribe(told.Enqueue);

        var booked = Assert.IsType<BookResult.Done>(
            await Book.BookAsync(_clinic.Draft(Ten), Arranged.Maya, Ct)
        );

        Assert.True(booked.Created);
        await using var db = _app.Db();
        var stored = await db.Appointments.SingleAsync(Ct);
        Assert.Equal(Ten.AddMinutes(30), stored.EndsAt);
        Assert.Equal(AppointmentStatus.Booked, stored.Status);
        var note = await db.Audit.SingleAsync(a => a.Action == "appointment.booked", Ct);
        Assert.Equal(("maya", stored.Id.ToString()), (note.ActorId, note.Subject));
        Assert.Contains(new InboxEvent.ScheduleChanged(Ten, Ten.AddMinutes(30)), told);
    }

    [Fact]
    public async Task A_moved_visit_tells_of_both_its_times()
    {
        var id = await BookedAsync();
        var told = new ConcurrentQueue<InboxEvent>();
        using var listening = _app.Get<Feed>().Subscribe(told.Enqueue);

        await Book.MoveAsync(
            id,
            Ten.AddDays(1),
            Ten.AddDays(1).AddHours(1),
            "Dr. Santos",
            Arranged.Maya,
            Ct
        );

        Assert.Contains(new InboxEvent.ScheduleChanged(Ten, Ten.AddMinutes(30)), told);
        Assert.Contains(
            new InboxEvent.ScheduleChanged(Ten.AddDays(1), Ten.AddDays(1).AddHours(1)),
            told
        );
        await using var db = _app.Db();
        Assert.Equal("Dr. Santos", (await db.Appointments.SingleAsync(Ct)).Staff);
    }

    [Fact]
    public async Task Confirming_twice_is_no_error_and_is_noted_once()
    {
        var id = await BookedAsync();

        await Book.ConfirmAsync(id, Arranged.Maya, Ct);
        Assert.IsType<BookResult.Done>(await Book.ConfirmAsync(id, Arranged.Maya, Ct));

        await using var db = _app.Db();
        Assert.Equal(1, await db.Audit.CountAsync(a => a.Action == "appointment.confirmed", Ct));
    }

    [Fact]
    public async Task A_cancelled_visit_is_reopened_before_anything_else()
    {
        var id = await BookedAsync();
        await Book.CancelAsync(id, Arranged.Maya, Ct);

        var refused = Assert.IsType<BookResult.Refused>(
            await Book.ArriveAsync(id, Arranged.Maya, Ct)
        );
        Assert.Equal("notNow", refused.Code);

        await Book.ReopenAsync(id, Arranged.Maya, Ct);
        Assert.IsType<BookResult.Done>(await Book.ArriveAsync(id, Arranged.Maya, Ct));
    }

    [Fact]
    public async Task What_cannot_be_booked_is_refused_with_its_reason()
    {
        var good = _clinic.Draft(Ten);

        Assert.Equal("badTimes", await CodeAsync(good with { EndsAt = Ten }));
        Assert.Equal("badTimes", await CodeAsync(good with { EndsAt = Ten.AddDays(32) }));
        Assert.Equal("badName", await CodeAsync(good with { Staff = new string('x', 101) }));
        Assert.Equal("unknownType", await CodeAsync(good with { TypeId = default }));
        Assert.Equal("unknownClient", await CodeAsync(good with { ClientId = default }));
        Assert.Equal(
            "unknownPatient",
            await CodeAsync(good with { PatientId = Id<Patient>.New(Ten) })
        );
        await using var db = _app.Db();
        Assert.False(await db.Appointments.AnyAsync(Ct));
    }

    [Fact]
    public async Task The_practice_systems_appointment_is_made_once_and_then_follows_it()
    {
        var draft = _clinic.Draft(Ten);
        var first = Assert.IsType<BookResult.Done>(
            await Book.UpsertExternalAsync(
                "pims-7",
                draft,
                AppointmentStatus.Cancelled,
                Arranged.Maya,
                Ct
            )
        );
        var again = Assert.IsType<BookResult.Done>(
            await Book.UpsertExternalAsync(
                "pims-7",
                draft with
                {
                    Staff = "Dr. Santos",
                },
                AppointmentStatus.Confirmed,
                Arranged.Maya,
                Ct
            )
        );

        Assert.True(first.Created);
        Assert.False(again.Created);
        await using var db = _app.Db();
        var stored = await db.Appointments.SingleAsync(Ct);
        Assert.Equal(("Dr. Santos", AppointmentStatus.Confirmed), (stored.Staff, stored.Status));
    }

    private async Task<Id<Appointment>> BookedAsync() =>
        Assert
            .IsType<BookResult.Done>(await Book.BookAsync(_clinic.Draft(Ten), Arranged.Maya, Ct))
            .Appointment.Id;

    private async Task<string> CodeAsync(AppointmentDraft draft) =>
        Assert.IsType<BookResult.Refused>(await Book.BookAsync(draft, Arranged.Maya, Ct)).Code;
}
