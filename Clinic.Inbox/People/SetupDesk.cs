using System.Data;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Settings;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.People;

/// <summary>The first visit: who this clinic is, and its first administrator.</summary>
public sealed class SetupDesk(
    UserManager<InboxUser> users,
    InboxDb db,
    SetupCode code,
    SignInDesk door,
    ClinicBook clinics,
    Feed feed,
    TimeProvider time
)
{
    /// <summary>Whether nobody is here yet.</summary>
    public async Task<bool> IsOpenAsync(CancellationToken cancellation) =>
        !await db.Users.AnyAsync(cancellation);

    /// <summary>Makes the administrator, names the clinic and signs in. Happens once, whoever races.</summary>
    /// <returns>What is wrong, in plain words; empty when it is done.</returns>
    public async Task<IReadOnlyList<string>> CreateAsync(
        FirstVisit visit,
        CancellationToken cancellation
    )
    {
        if (!code.Matches(visit.Code))
        {
            return ["That is not the code. It stands in the log of the server."];
        }
        var clinic = visit.Clinic;
        var problems = clinic.Problems().Select(problem => problem.Text).ToList();
        if (string.IsNullOrWhiteSpace(visit.Name))
        {
            problems.Add("Enter your name.");
        }
        if (visit.Password.Problem is { } unequal)
        {
            problems.Add(unequal);
        }
        if (problems.Count > 0)
        {
            return problems;
        }
        var user = new InboxUser
        {
            UserName = visit.Email.Trim(),
            Email = visit.Email.Trim(),
            DisplayName = visit.Name.Trim(),
            Role = Roles.Administrator,
        };
        // Serializable: of two who set up at once, on SQLite one waits and on PostgreSQL one fails.
        await using (
            var transaction = await db.Database.BeginTransactionAsync(
                IsolationLevel.Serializable,
                cancellation
            )
        )
        {
            if (!await IsOpenAsync(cancellation))
            {
                return ["The clinic is set up already. Sign in instead."];
            }
            var now = time.GetUtcNow();
            var actor = new Actor(user.Id, user.DisplayName);
            db.Note(now, actor, "clinic.setUp", user.Id);
            (await db.ClinicProfiles.SingleAsync(cancellation)).Describe(
                clinic.Name,
                clinic.TimeZone,
                clinic.Region,
                clinic.Phone
            );
            var made = await users.CreateAsync(user, visit.Password.Password!);
            if (!made.Succeeded)
            {
                return PasswordDesk.Explain(made);
            }
            await transaction.CommitAsync(cancellation);
        }
        code.Spend();
        clinics.Show(clinic);
        feed.Publish(new InboxEvent.ClinicChanged());
        await door.EnterAsync(user, keep: false, SignInFactors.Password, cancellation);
        return [];
    }
}

/// <summary>What the first visitor fills in.</summary>
public sealed record FirstVisit(
    string? Code,
    ClinicDescription Clinic,
    string Name,
    string Email,
    NewPassword Password
);
