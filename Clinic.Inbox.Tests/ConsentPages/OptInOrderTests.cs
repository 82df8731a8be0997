using Clinic.Inbox.AfterHours;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Reminders;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Clinic.Inbox.Tests.ConsentPages;

/// <summary>One YES answers one question.</summary>
public sealed class OptInOrderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_yes_answers_the_opt_in_request_before_an_appointment_and_the_next_one_that()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var phone = practice.Phone;
        var (ana, bella) = await practice.ClientAsync();
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var visit = await practice.BookAsync(ana, bella, friday);
        await practice.UntilAsync(ana, ReminderState.Planned);
        practice.AdvanceTo(friday.AddDays(-1));
        await phone.UntilCarriedAsync(1);
        await phone.UntilQuietAsync();
        var desk = phone.App.Get<OptInDesk>();
        var seal = (await desk.OfferAsync(Cancellation)).Seal;
        await desk.TakeAsync(
            new OptInForm("Ana Cole", phone.Number.Value, false, true, seal),
            Cancellation
        );
        await phone.UntilCarriedAsync(2);
        await phone.UntilQuietAsync();

        await phone.HearsAsync("Yes");
        Assert.Equal(AppointmentStatus.Booked, await StatusAsync(phone, visit));
        Assert.StartsWith(
            "Consent recorded: marketing",
            (await phone.ThreadAsync())[^2].Note ?? (await phone.ThreadAsync())[^1].Note,
            StringComparison.Ordinal
        );

        await phone.HearsAsync("Yes");
        Assert.Equal(AppointmentStatus.Confirmed, await StatusAsync(phone, visit));
    }

    [Fact]
    public async Task Whoever_asked_for_consent_comes_first_and_whoever_answers_anything_last()
    {
        await using var app = await InboxApp.StartAsync();

        Type[] expected =
        [
            typeof(OptInReplies),
            typeof(ConfirmingReplies),
            typeof(AfterHoursAnswer),
        ];
        var turns = app
            .Services.GetServices<IReceivedFollowUp>()
            .OrderBy(f => f.Turn)
            .Select(f => f.GetType())
            .Where(expected.Contains);

        Assert.Equal(expected, turns);
    }

    private static async Task<AppointmentStatus> StatusAsync(Scene phone, Appointment visit)
    {
        await using var db = phone.App.Db();
        return await db
            .Appointments.Where(a => a.Id == visit.Id)
            .Select(a => a.Status)
            .SingleAsync(Cancellation);
    }
}
