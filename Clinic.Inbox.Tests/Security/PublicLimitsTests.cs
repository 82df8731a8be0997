using System.Net;
using Clinic.Inbox.ConsentPages;
using Clinic.Inbox.Documents;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// What strangers may send, and how often. The addresses are read from the app: one that takes a form from strangers and
/// has no row here fails. That one address's tries do not hinder another's is shown along the way.
/// </summary>
public sealed class PublicLimitsTests(RealApp app)
{
    /// <summary>Nothing can be tried there: why.</summary>
    private const int NoLimit = 0;

    private static readonly Dictionary<string, int> Most = new(StringComparer.Ordinal)
    {
        ["/account/sign-in"] = 30,
        ["/account/setup"] = 30,
        ["/account/password"] = 30,
        ["/account/second-factor"] = 30,
        ["/account/second-step"] = 30,
        ["/account/passkey/creation-options"] = 30,
        ["/account/passkey/request-options"] = 30,
        ["/opt-in"] = ConsentPagesSetup.FormsAWindow,
        // A link of somebody's own is never slowed down; guesses are.
        ["/d/{Token}"] = DocumentGuesses.MissesAMinute,
        ["/v/{Token}"] = 120,
        // The signature is asked for first, and a refused one costs nothing that lasts.
        ["/webhooks/vonage/inbound"] = NoLimit,
        ["/webhooks/vonage/status"] = NoLimit,
        // Does nothing without a session.
        ["/account/sign-out"] = NoLimit,
        // Pages without a form.
        ["/account/denied"] = NoLimit,
        ["/error/{Status:int}"] = NoLimit,
        ["/not-found"] = NoLimit,
        // Take no body; to be kept inside (docs/operations.md).
        ["/health/live"] = NoLimit,
        ["/health/ready"] = NoLimit,
        ["/metrics"] = NoLimit,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_form_for_strangers_has_a_limit_that_holds()
    {
        await app.StartAsync();
        var forms = app
            .Routes.Where(r => r is { IsOpen: true, Method: "POST" })
            .Select(r => r.Pattern)
            .ToList();
        Assert.Empty(forms.Except(Most.Keys));
        Assert.Empty(Most.Keys.Except(forms));

        foreach (var (pattern, most) in Most.Where(m => m.Value != NoLimit))
        {
            var route = app.Routes.First(r => r.Pattern == pattern && r.Method == "POST");
            var path = route.Address(name => app.Known(route, name));
            using var attacker = app.Caller();
            using var other = app.Caller();
            var passed = 0;
            HttpStatusCode last;
            do
            {
                last = await TryAsync(attacker, path);
                passed += last == HttpStatusCode.TooManyRequests ? 0 : 1;
            } while (last != HttpStatusCode.TooManyRequests && passed <= 3 * most);

            Assert.True(last == HttpStatusCode.TooManyRequests, $"{pattern} has no limit");
            // A window may end while it is tried; two of them never do.
            Assert.InRange(passed, most, 2 * most);
            Assert.NotEqual(HttpStatusCode.TooManyRequests, await TryAsync(other, path));
        }
    }

    private static async Task<HttpStatusCode> TryAsync(HttpClient caller, string path)
    {
        using var empty = new FormUrlEncodedContent([]);
        using var answer = await caller.PostAsync(path, empty, Cancellation);
        return answer.StatusCode;
    }
}
