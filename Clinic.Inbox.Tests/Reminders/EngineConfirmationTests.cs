using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Reminders;

/// <summary>What a reply to an appointment text does to the schedule.</summary>
public sealed class EngineConfirmationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("C")]
    [InlineData("confirm")]
    [InlineData("Yes!")]
    [InlineData("👍")]
    public async Task A_yes_confirms_the_one_visit_it_answers_and_shows_the_reminder(string reply)
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var visit = await RemindedAsync(practice);

        await practice.Phone.HearsAsync(reply);

        Assert.Equal(AppointmentStatus.Confirmed, await StatusAsync(practice, visit));
        var thread = await practice.Phone.ThreadAsync();
        Assert.Equal(2, thread.Count);
        Assert.Contains("we expect Bella", thread[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("Confirmed: Bella, Fri,", thread[1].Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_patients_of_one_text_are_confirmed_together()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync();
        var max = await practice.PatientAsync(ana, "Max");
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var first = await practice.BookAsync(ana, bella, friday);
        var second = await practice.BookAsync(ana, max, friday.AddMinutes(30));
        await practice.UntilAsync(ana, ReminderState.Planned, ReminderState.Planned);
        practice.AdvanceTo(friday.AddDays(-1));
        await practice.Phone.UntilCarriedAsync(1);
        await practice.Phone.UntilQuietAsync();

        await practice.Phone.HearsAsync("C");

        Assert.Equal(AppointmentStatus.Confirmed, await StatusAsync(practice, first));
        Assert.Equal(AppointmentStatus.Confirmed, await StatusAsync(practice, second));
    }

    [Fact]
    public async Task A_yes_that_could_mean_another_visit_is_left_to_staff()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync();
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var first = await practice.BookAsync(ana, bella, friday);
        var second = await practice.BookAsync(ana, bella, friday.AddDays(1).AddHours(-3));
        await practice.UntilAsync(ana, ReminderState.Planned, ReminderState.Planned);
        practice.AdvanceTo(friday.AddDays(-1));
        await practice.Phone.UntilCarriedAsync(1);
        await practice.Phone.UntilQuietAsync();
        practice.AdvanceTo(friday.AddHours(-3));
        await practice.Phone.UntilCarriedAsync(2);
        await practice.Phone.UntilQuietAsync();

        await practice.Phone.HearsAsync("Yes");

        Assert.Equal(AppointmentStatus.Booked, await StatusAsync(practice, first));
        Assert.Equal(AppointmentStatus.Booked, await StatusAsync(practice, second));
        var answer = (await practice.Phone.ThreadAsync())[^1];
        Assert.StartsWith("May confirm Bella,", answer.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_yes_to_a_question_of_staff_confirms_nothing_and_a_C_still_does()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var visit = await RemindedAsync(practice);
        await practice.Phone.HearsAsync("Can I bring the cat?");
        await practice.Phone.AnswersAsync("Of course. Shall we book her too?");
        await practice.Phone.UntilCarriedAsync(2);
        await practice.Phone.UntilQuietAsync();

        await practice.Phone.HearsAsync("yes");
        var afterYes = await StatusAsync(practice, visit);
        await practice.Phone.HearsAsync("C");

        Assert.Equal(AppointmentStatus.Booked, afterYes);
        Assert.Equal(AppointmentStatus.Confirmed, await StatusAsync(practice, visit));
    }

    [Fact]
    public async Task A_yes_without_an_appointment_text_is_a_text_like_any_other()
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync();
        var visit = await practice.BookAsync(ana, bella, practice.Next(IsoDayOfWeek.Friday, 15));

        await practice.Phone.HearsAsync("Yes");

        Assert.Equal(AppointmentStatus.Booked, await StatusAsync(practice, visit));
        Assert.Null(Assert.Single(await practice.Phone.ThreadAsync()).Note);
    }

    private static async Task<Appointment> RemindedAsync(Practice practice)
    {
        var (ana, bella) = await practice.ClientAsync();
        var friday = practice.Next(IsoDayOfWeek.Friday, 15);
        var visit = await practice.BookAsync(ana, bella, friday);
        await practice.UntilAsync(ana, ReminderState.Planned);
        practice.AdvanceTo(friday.AddDays(-1));
        await practice.Phone.UntilCarriedAsync(1);
        await practice.Phone.UntilQuietAsync();
        return visit;
    }

    private static async Task<AppointmentStatus> StatusAsync(Practice practice, Appointment visit)
    {
        await using var db = practice.App.Db();
        return await db
            .Appointments.Where(a => a.Id == visit.Id)
            .Select(a => a.Status)
            .SingleAsync(Cancellation);
    }
}
