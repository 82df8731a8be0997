using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.ConsentPages;

/// <summary>Keeps how the clinic asks for consent. Consents that were given keep the words they were given to.</summary>
public sealed class ConsentSettingsBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Longest terms: with what the public form adds they fit into a record.</summary>
    public const int LongestTerms = 2_000;

    public async Task<ConsentSettings> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.SettingAsync(ConsentSettings.Key, ConsentSettings.Default, cancellation);
    }

    /// <summary>The words that are read or shown now.</summary>
    public async Task<string> TermsAsync(ConsentCategory category, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var clinic = await db.ClinicProfiles.Select(c => c.Name).SingleAsync(cancellation);
        var settings = await db.SettingAsync(
            ConsentSettings.Key,
            ConsentSettings.Default,
            cancellation
        );
        return settings.Terms(category, clinic);
    }

    /// <returns>What is wrong, by field (reviewMonths, transactionalTerms, marketingTerms); empty when it is kept.</returns>
    public async Task<IReadOnlyList<FieldProblem>> SaveAsync(
        ConsentSettings settings,
        Actor actor,
        CancellationToken cancellation
    )
    {
        var problems = Problems(settings).ToList();
        if (problems.Count > 0)
        {
            return problems;
        }
        await writer.RunAsync(
            async session =>
            {
                var clinic = await session.Db.ClinicProfiles.Select(c => c.Name).SingleAsync();
                var before = await session.Db.SettingAsync(
                    ConsentSettings.Key,
                    ConsentSettings.Default,
                    CancellationToken.None
                );
                var tidy = settings with
                {
                    TransactionalTerms = Own(
                        settings.TransactionalTerms,
                        ConsentCategory.Transactional,
                        clinic
                    ),
                    MarketingTerms = Own(
                        settings.MarketingTerms,
                        ConsentCategory.Marketing,
                        clinic
                    ),
                };
                if (tidy == before)
                {
                    return;
                }
                await session.ChooseAsync(ConsentSettings.Key, tidy, CancellationToken.None);
                session.Note(actor, "consentSettings.changed", ConsentSettings.Key);
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );
        return [];
    }

    /// <summary>Null where the words are the product's: they follow the clinic's name.</summary>
    private static string? Own(string? terms, ConsentCategory category, string clinic)
    {
        var words = terms?.ReplaceLineEndings("\n").Trim();
        return string.IsNullOrEmpty(words) || words == ConsentTerms.Proposed(category, clinic)
            ? null
            : words;
    }

    private static IEnumerable<FieldProblem> Problems(ConsentSettings settings)
    {
        if (settings.ReviewMonths is < ConsentSettings.LeastMonths or > ConsentSettings.MostMonths)
        {
            yield return new(
                "reviewMonths",
                $"Choose {ConsentSettings.LeastMonths} to {ConsentSettings.MostMonths} months."
            );
        }
        (string Field, string? Terms)[] worded =
        [
            ("transactionalTerms", settings.TransactionalTerms),
            ("marketingTerms", settings.MarketingTerms),
        ];
        foreach (var (field, terms) in worded)
        {
            if (terms?.Length > LongestTerms)
            {
                yield return new(field, $"The words have at most {LongestTerms:N0} characters.");
            }
            else if (terms?.Trim().Length > 0 && !terms.Contains("STOP", StringComparison.Ordinal))
            {
                yield return new(field, "The words must say how to stop: STOP.");
            }
        }
    }
}
