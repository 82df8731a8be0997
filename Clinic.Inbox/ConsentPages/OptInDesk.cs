using Clinic.Inbox.AddOns;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.ConsentPages;

/// <summary>
/// Takes what somebody entered on the public form and asks the number, once, to reply YES. Anybody can enter anybody's
/// number, so that texts are few: one a day for a number, <see cref="MostAnHour"/> an hour in all, and only to ordinary numbers of
/// the clinic's own country (texts to dear numbers abroad are a fraud of their own).
/// </summary>
public sealed class OptInDesk(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Texts that strangers can make the clinic send in an hour.</summary>
    public const int MostAnHour = 40;

    /// <summary>Longest name, characters.</summary>
    public const int LongestName = 100;

    private static readonly TimeSpan Between = TimeSpan.FromHours(24);

    private static readonly Actor Stranger = new("public", "Public form");

    public async Task<OptInOffer> OfferAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await OfferAsync(db, cancellation);
    }

    /// <summary>Answers the same whatever the number is; only a form that can't be read is told so.</summary>
    public async Task<OptInResult> TakeAsync(OptInForm form, CancellationToken cancellation)
    {
        var offer = await OfferAsync(cancellation);
        if (!string.Equals(form.Seal, offer.Seal, StringComparison.Ordinal))
        {
            return new OptInResult.OtherWords();
        }
        var region = await RegionAsync(cancellation);
        var name = SmsText.RepairSurrogates(form.Name).Trim();
        var problems = Problems(form, name, region, out var number).ToList();
        if (problems.Count > 0)
        {
            return new OptInResult.Invalid(problems);
        }
        if (number.IsOrdinaryOf(region))
        {
            await writer.RunAsync(
                session => AskAsync(session, form, name, number, offer),
                cancellation
            );
        }
        return new OptInResult.Taken();
    }

    private static IEnumerable<(string Field, string Text)> Problems(
        OptInForm form,
        string name,
        string region,
        out PhoneNumber number
    )
    {
        var problems = new List<(string, string)>();
        if (name.Length == 0)
        {
            problems.Add(("name", "Enter your name."));
        }
        else if (name.Length > LongestName || name.Any(char.IsControl))
        {
            problems.Add(("name", $"A name has at most {LongestName} characters."));
        }
        if (!PhoneNumber.TryParse(form.Number, region, out number, out var problem))
        {
            problems.Add(("number", problem));
        }
        if (!form.Transactional && !form.Marketing)
        {
            problems.Add(("agreed", "Tick what you want to be texted about."));
        }
        return problems;
    }

    private static async Task AskAsync(
        WriteSession session,
        OptInForm form,
        string name,
        PhoneNumber number,
        OptInOffer offer
    )
    {
        var db = session.Db;
        // Of many at once each sees those before it: the bounds hold.
        await session.LockNameAsync("opt-in");
        var now = session.Now;
        var hourAgo = now.AddHours(-1);
        var dayAgo = now - Between;
        var asked = db.OptInRequests.Where(r => r.Method == ConsentMethod.OnlineForm);
        if (
            await asked.CountAsync(r => r.At > hourAgo) >= MostAnHour
            || await asked.AnyAsync(r => r.Number == number && r.At > dayAgo)
            || await db.Lines.AnyAsync(l => l.Number == number)
            || await LineAsync(db) is not { } line
        )
        {
            return;
        }
        var request = new OptInRequest(
            Id<OptInRequest>.New(now),
            number,
            name,
            form.Transactional ? Words(ConsentCategory.Transactional, offer.Transactional) : null,
            form.Marketing ? Words(ConsentCategory.Marketing, offer.Marketing) : null,
            now
        );
        db.OptInRequests.Add(request);
        await db.SaveChangesAsync();
        var draft = new Draft(
            line,
            number,
            MessageKind.System,
            Purpose.OptInRequest,
            await SystemTexts.WriteAsync(db, TemplateKind.OptInRequest, CancellationToken.None)
        )
        {
            ExpiresAt = request.ExpiresAt,
        };
        if (
            await Outbox.EnqueueAsync(session, draft, CancellationToken.None)
            is EnqueueResult.Queued
        )
        {
            session.Note(Stranger, "optIn.requested", request.Id.ToString());
        }
        else
        {
            // It opted out: what a stranger entered is not kept.
            db.OptInRequests.Remove(request);
        }
        await db.SaveChangesAsync();
    }

    /// <summary>What was shown, and what was ticked below it.</summary>
    private static string Words(ConsentCategory category, string shown) =>
        $"{shown}\n\n{ConsentTerms.OnlineRules}\n\nTicked: “{ConsentTerms.Tick(category)}”";

    /// <summary>The line that reminders leave by.</summary>
    private static Task<Line?> LineAsync(InboxDb db) =>
        db
            .Lines.Where(l => l.AddOn != AddOn.Off && l.PausedReason == null)
            .OrderBy(l => l.CreatedAt)
            .FirstOrDefaultAsync();

    private async Task<string> RegionAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.ClinicProfiles.Select(c => c.Region).SingleAsync(cancellation);
    }

    private static async Task<OptInOffer> OfferAsync(InboxDb db, CancellationToken cancellation)
    {
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var settings = await db.SettingAsync(
            ConsentSettings.Key,
            ConsentSettings.Default,
            cancellation
        );
        return new OptInOffer(
            clinic.Name,
            clinic.Phone,
            settings.Terms(ConsentCategory.Transactional, clinic.Name),
            settings.Terms(ConsentCategory.Marketing, clinic.Name),
            await db.Lines.AnyAsync(l => l.AddOn != AddOn.Off, cancellation)
        );
    }
}
