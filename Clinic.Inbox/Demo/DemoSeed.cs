using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Demo;

/// <summary>
/// A small practice from nothing, in one transaction. Times are seen from now; everything else falls the same each time.
/// </summary>
internal static class DemoSeed
{
    private const string Name = "Maple Grove Veterinary";
    private const string Zone = "America/Chicago";
    private const string Voice = "(312) 555-0177";
    private const string LineDigits = "13125550100";

    /// <summary>Does nothing when there are clients already.</summary>
    public static async Task RunAsync(IServiceProvider services, CancellationToken cancellation)
    {
        // The context that the user manager writes with too: one transaction for all.
        var db = services.GetRequiredService<InboxDb>();
        if (await db.Clients.AnyAsync(cancellation))
        {
            return;
        }
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var files = new DemoFiles(services.GetRequiredService<AttachmentStore>());
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        try
        {
            await AddUsersAsync(services.GetRequiredService<UserManager<InboxUser>>());
            var clinic = await db.ClinicProfiles.SingleAsync(cancellation);
            clinic.Describe(Name, Zone, "US", Voice);
            PhoneNumber.TryFromCarrier(LineDigits, out var number);
            var since = now.AddDays(-500);
            var line = new Line(
                Id<Line>.New(since),
                number,
                LineType.LongCode,
                AddOn.TwoWay,
                since
            );
            db.Lines.Add(line);
            var practice = new DemoPractice(
                db,
                clinic,
                line,
                new DemoTime(now, DateTimeZoneProviders.Tzdb[Zone])
            );
            DemoReminders.AddHours(practice);
            DemoDocuments.Add(practice);
            DemoClients.Add(practice);
            DemoSent.AddFirstTexts(practice);
            await new DemoConversations(practice, files).AddAsync(cancellation);
            DemoSent.AddReminders(practice, DemoVisits.Add(practice));
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }
        catch
        {
            files.Forget();
            throw;
        }
    }

    private static async Task AddUsersAsync(UserManager<InboxUser> users)
    {
        foreach (var person in DemoSignIns.All)
        {
            if (await users.FindByEmailAsync(person.Email) is not null)
            {
                continue;
            }
            var result = await users.CreateAsync(
                new InboxUser
                {
                    UserName = person.Email,
                    Email = person.Email,
                    EmailConfirmed = true,
                    DisplayName = person.Name,
                    Role = person.Role,
                },
                DemoSignIns.Password
            );
            if (!result.Succeeded)
            {
                throw new InvalidOperationException(
                    $"The demo's users could not be made: {string.Join(" ", result.Errors.Select(e => e.Description))}"
                );
            }
        }
    }
}
