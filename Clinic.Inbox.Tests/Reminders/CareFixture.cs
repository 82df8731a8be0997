using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Tests.Reminders;

/// <summary>
/// One app for the tests of a class, on a day at eleven in the morning: texts may leave, and what is due at ten is due
/// tomorrow at the earliest. Each test makes its own people.
/// </summary>
public sealed class CareFixture : IAsyncLifetime
{
    private static int _last = 100;

    internal InboxApp App { get; private set; } = null!;

    internal static Actor Maya { get; } = new("u1", "Maya Chen");

    internal InventoryBook Inventory => App.Get<InventoryBook>();
    internal ReminderQueries Queries => App.Get<ReminderQueries>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        App = await SimulatorClient.StartAsync();
        await AdvanceToAsync(new LocalTime(11, 0));
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    /// <summary>The clinic's day now.</summary>
    internal async Task<DateOnly> TodayAsync()
    {
        await using var db = App.Db();
        return (await db.ClinicProfiles.SingleAsync(Ct)).DayOf(App.Clock.GetUtcNow());
    }

    /// <summary>Forward to the next time the clinic's clocks show this.</summary>
    internal async Task AdvanceToAsync(LocalTime time)
    {
        await using var db = App.Db();
        var zone = DateTimeZoneProviders.Tzdb[(await db.ClinicProfiles.SingleAsync(Ct)).TimeZone];
        var now = Instant.FromDateTimeOffset(App.Clock.GetUtcNow());
        var local = now.InZone(zone).LocalDateTime;
        var next = local.Date.At(time);
        var at = zone.AtLeniently(next > local ? next : next.PlusDays(1)).ToInstant();
        App.Clock.Advance((at - now).ToTimeSpan());
    }

    /// <summary>A client with a mobile, consent and one patient.</summary>
    internal async Task<(Client Client, Patient Patient)> OwnerAsync(
        string patient = "Bella",
        bool consents = true
    )
    {
        var now = App.Clock.GetUtcNow();
        await using var db = App.Db();
        var client = new Client(Id<Client>.New(now), "Ana", "Ruiz", now);
        client.AddPhone(
            PhoneNumber.FromStored($"+1415555{Interlocked.Increment(ref _last):0000}"),
            PhoneType.Mobile
        );
        var pet = new Patient(Id<Patient>.New(now), client.Id, patient, "Dog");
        db.AddRange(client, pet);
        if (consents)
        {
            db.ConsentRecords.Add(
                new ConsentRecord(
                    Id<ConsentRecord>.New(now),
                    client.Id,
                    ConsentCategory.Transactional,
                    ConsentAction.Granted,
                    ConsentMethod.InPerson,
                    "May we text you?",
                    now,
                    "Maya Chen",
                    now
                )
            );
        }
        await db.SaveChangesAsync(Ct);
        return (client, pet);
    }

    internal static ActionChange Every(int days, int[] lead, params int[] followUp) =>
        new(new ActionDraft(days, lead, followUp));

    internal async Task<InventoryItem> ItemAsync(string name, ActionChange? action = null) =>
        Assert
            .IsType<InventoryResult.Saved>(
                await Inventory.AddAsync(new InventoryDraft(name, Action: action), Maya, Ct)
            )
            .Item;

    internal async Task<GivenResult.Noted> GiveAsync(
        Patient patient,
        InventoryItem item,
        DateOnly day
    ) =>
        Assert.IsType<GivenResult.Noted>(
            await Inventory.GiveAsync(patient.Id, item.Id, day, Maya, Ct)
        );

    internal async Task<MedicalReminder> DueAsync(
        Patient patient,
        InventoryItem? item,
        DateOnly day
    ) =>
        Assert
            .IsType<MedicalReminderResult.Saved>(
                await App.Get<MedicalReminderBook>()
                    .AddAsync(
                        new MedicalReminderDraft(
                            patient.Id,
                            item is null ? "Check-up" : null,
                            day,
                            item?.Id
                        ),
                        Maya,
                        Ct
                    )
            )
            .Reminder;

    /// <summary>Due without an item, and planned: planning will not look at it again and take what a test adds for obsolete.</summary>
    internal async Task<MedicalReminder> CheckUpAsync(Patient patient, DateOnly day)
    {
        var due = await DueAsync(patient, item: null, day);
        await Eventually.IsTrueAsync(
            async () => (await MedicalAsync(patient)).All(r => !r.NeedsPlanning),
            "it is planned"
        );
        return due;
    }

    internal async Task<IReadOnlyList<MedicalReminder>> MedicalAsync(Patient patient)
    {
        await using var db = App.Db();
        return await db
            .MedicalReminders.AsNoTracking()
            .Where(r => r.PatientId == patient.Id)
            .OrderBy(r => r.DueOn)
            .ToListAsync(Ct);
    }

    /// <summary>Waits until planning has made so many open reminders of a client, and returns the days they go on.</summary>
    internal async Task<IReadOnlyList<DateOnly>> PlannedAsync(Client client, int count)
    {
        var zone = "";
        List<PlannedReminder> found = [];
        await Eventually.IsTrueAsync(
            async () =>
            {
                await using var db = App.Db();
                zone = (await db.ClinicProfiles.SingleAsync(Ct)).TimeZone;
                found = await db
                    .PlannedReminders.AsNoTracking()
                    .Where(p => p.ClientId == client.Id && p.State == ReminderState.Planned)
                    .OrderBy(p => p.DueAt)
                    .ToListAsync(Ct);
                return found.Count == count
                    && !await db.MedicalReminders.AnyAsync(r => r.NeedsPlanning, Ct);
            },
            $"{count} reminders are planned"
        );
        return
        [
            .. found.Select(p =>
                Instant
                    .FromDateTimeOffset(p.DueAt)
                    .InZone(DateTimeZoneProviders.Tzdb[zone])
                    .Date.ToDateOnly()
            ),
        ];
    }

    /// <summary>A reminder that is due now, put there by hand; the app sends it, or says why not.</summary>
    internal async Task<Id<PlannedReminder>> RemindNowAsync(Client client, Patient patient)
    {
        var today = await TodayAsync();
        var due = await CheckUpAsync(patient, today);
        var now = App.Clock.GetUtcNow();
        var reminder = Planned(client, patient, now, due.Id);
        await using var db = App.Db();
        db.PlannedReminders.Add(reminder);
        await db.SaveChangesAsync(Ct);
        return reminder.Id;
    }

    internal static PlannedReminder Planned(
        Client client,
        Patient patient,
        DateTimeOffset at,
        Id<MedicalReminder>? due = null
    )
    {
        var id = Id<PlannedReminder>.New(at);
        return new PlannedReminder(
            id,
            $"test/{id}",
            ReminderKind.Medical,
            client.Id,
            patient.Id,
            DateOnly.FromDateTime(at.UtcDateTime),
            at,
            at.AddDays(1)
        )
        {
            MedicalReminderId = due,
        };
    }

    internal async Task<PlannedReminder> ReminderAsync(Id<PlannedReminder> id)
    {
        await using var db = App.Db();
        return await db.PlannedReminders.AsNoTracking().SingleAsync(p => p.Id == id, Ct);
    }

    internal async Task<ReminderRow> RowAsync(Id<PlannedReminder> id) =>
        await Queries.FindAsync(id, Ct) ?? throw new InvalidOperationException("It is gone.");

    internal async Task<ReminderRow> UntilAsync(
        Id<PlannedReminder> id,
        params ReminderStanding[] standings
    ) =>
        await Eventually.GetAsync(
            async () =>
                await RowAsync(id) is var row && standings.Contains(row.Standing) ? row : null,
            $"a reminder is {string.Join(" or ", standings)}"
        );
}
