using System.Net;
using Clinic.Inbox.People;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Every address of the app with every kind of caller. The addresses are read from the app, what they ask for stands here:
/// an address without a row fails, and so does a row without an address.
/// </summary>
public sealed class RouteTableTests(RealApp app)
{
    /// <summary>Whoever comes.</summary>
    private const string Anyone = "anyone";

    /// <summary>Whoever is signed in, or a key that may read.</summary>
    private const string DeskOrKey = "desk or key";

    /// <summary>A key and no cookie; which scope, see RoutesAndScopesTests.</summary>
    private const string Key = "key";

    private static readonly Dictionary<string, string> Rules = new(StringComparer.Ordinal)
    {
        ["/"] = Roles.FrontDesk,
        ["/schedule"] = Roles.FrontDesk,
        ["/schedule/inbox"] = Roles.FrontDesk,
        ["/schedule/inbox/{Address}"] = Roles.FrontDesk,
        ["/schedule/day"] = Roles.FrontDesk,
        ["/schedule/day/{Date}"] = Roles.FrontDesk,
        ["/clients"] = Roles.FrontDesk,
        ["/clients/{Id}"] = Roles.FrontDesk,
        ["/clients/{Id}/{Tab}"] = Roles.FrontDesk,
        ["/clients/{Id}/documents/{DocumentId}"] = Roles.FrontDesk,
        ["/clients/{id}/evidence.json"] = Roles.PracticeManager,
        ["/clients/{id}/evidence.pdf"] = Roles.PracticeManager,
        ["/consent/review"] = Roles.PracticeManager,
        ["/reminders"] = Roles.FrontDesk,
        ["/reminders/{View}"] = Roles.FrontDesk,
        ["/settings"] = Roles.FrontDesk,
        ["/settings/add-ons"] = Roles.PracticeManager,
        ["/settings/api-keys"] = Roles.Administrator,
        ["/settings/appointment-types"] = Roles.PracticeManager,
        ["/settings/appointment-types/{Id}"] = Roles.PracticeManager,
        ["/settings/audit"] = Roles.Administrator,
        ["/settings/audit.csv"] = Roles.Administrator,
        ["/settings/auto-response"] = Roles.PracticeManager,
        ["/settings/clinic"] = Roles.PracticeManager,
        ["/settings/data"] = Roles.Administrator,
        ["/settings/consent"] = Roles.PracticeManager,
        ["/settings/forms"] = Roles.PracticeManager,
        ["/settings/forms/{Id}"] = Roles.PracticeManager,
        ["/settings/hours"] = Roles.PracticeManager,
        ["/settings/inventory-items"] = Roles.PracticeManager,
        ["/settings/inventory-items/{Id}"] = Roles.PracticeManager,
        ["/settings/library"] = Roles.PracticeManager,
        ["/settings/lines"] = Roles.Administrator,
        ["/settings/quarantine"] = Roles.Administrator,
        ["/settings/reminders"] = Roles.PracticeManager,
        ["/settings/sign-in"] = Roles.Administrator,
        ["/settings/sms-defaults"] = Roles.PracticeManager,
        ["/settings/sms-defaults/{KindName}"] = Roles.PracticeManager,
        ["/settings/statements/{Month}"] = Roles.PracticeManager,
        ["/settings/statements/{month}.csv"] = Roles.PracticeManager,
        ["/settings/statements/{month}.pdf"] = Roles.PracticeManager,
        ["/settings/usage"] = Roles.PracticeManager,
        ["/settings/users"] = Roles.Administrator,
        ["/account/active"] = Roles.FrontDesk,
        ["/account/change-password"] = Roles.FrontDesk,
        ["/account/security"] = Roles.FrontDesk,
        ["/account/too-many-windows"] = Roles.FrontDesk,
        ["/account/denied"] = Anyone,
        ["/account/password"] = Anyone,
        ["/account/second-factor"] = Anyone,
        ["/account/second-step"] = Anyone,
        ["/account/passkey/creation-options"] = Anyone,
        ["/account/passkey/request-options"] = Anyone,
        ["/account/setup"] = Anyone,
        ["/account/sign-in"] = Anyone,
        ["/account/sign-out"] = Anyone,
        ["/error/{Status:int}"] = Anyone,
        ["/not-found"] = Anyone,
        ["/opt-in"] = Anyone,
        ["/d/{Token}"] = Anyone,
        ["/d/{token}/file"] = Anyone,
        ["/v/{Token}"] = Anyone,
        ["/media/{token}/{name}"] = Anyone,
        ["/webhooks/vonage/inbound"] = Anyone,
        ["/webhooks/vonage/status"] = Anyone,
        ["/health/live"] = Anyone,
        ["/health/ready"] = Anyone,
        ["/metrics"] = Anyone,
        ["/openapi/{documentName}.json"] = Anyone,
        ["/attachments/{id}"] = DeskOrKey,
        ["/attachments/{id}/thumbnail"] = DeskOrKey,
        ["/hubs/inbox"] = DeskOrKey,
        ["/hubs/inbox/negotiate"] = DeskOrKey,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_address_has_a_rule_and_every_rule_an_address()
    {
        await app.StartAsync();
        var addresses = app.Routes.Select(r => r.Pattern).Distinct().ToList();

        Assert.DoesNotContain(addresses, pattern => RuleOf(pattern) is null);
        Assert.Empty(Rules.Keys.Except(addresses));
    }

    [Fact]
    public async Task Whoever_may_not_is_turned_away_and_whoever_may_is_not()
    {
        await app.StartAsync();
        var wrong = new List<string>();
        foreach (var (caller, mayCome) in Callers())
        {
            using (caller)
            {
                // A page takes a POST as well, and must not mind less who sends it.
                foreach (var route in app.Routes.Where(r => r.Method != "HEAD"))
                {
                    if (RuleOf(route.Pattern) is not { } rule)
                    {
                        continue;
                    }
                    if (mayCome(rule) is not { } may)
                    {
                        continue;
                    }
                    var closed = await IsClosedAsync(caller, route);
                    if (closed == may)
                    {
                        wrong.Add(
                            $"{route} ({rule}): {(closed ? "shut" : "open")} to {Name(caller)}"
                        );
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Who comes, and whether such a rule lets them in; null: that is another test's matter.</summary>
    private IEnumerable<(HttpClient Caller, Func<string, bool?> MayCome)> Callers()
    {
        yield return (Named(app.Caller(), "a stranger"), rule => rule == Anyone);
        foreach (var role in Roles.All)
        {
            yield return (
                Named(app.Caller(role), role),
                rule =>
                    rule is Anyone or DeskOrKey
                    || (Roles.All.Contains(rule) && Roles.AtLeast(rule).Contains(role))
            );
        }
        yield return (
            Named(app.WithKey("read"), "a key that may read"),
            rule => rule == Key ? null : rule is Anyone or DeskOrKey
        );
        yield return (
            Named(app.WithKey("write"), "a key that may not read"),
            rule => rule == Key ? null : rule == Anyone
        );
    }

    private async Task<bool> IsClosedAsync(HttpClient caller, AppRoute route)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(route.Method),
            route.Address(name => app.Known(route, name))
        );
        if (route.IsUnsafe)
        {
            request.Content = new StringContent("{}", null, "application/json");
        }
        using var answer = await caller.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            Cancellation
        );
        return answer.StatusCode switch
        {
            // A webhook without a key of ours is turned away for its signature, which is not asked for here.
            HttpStatusCode.Unauthorized => !IsWebhook(route),
            // This page says so by its status, to whoever looks at it.
            HttpStatusCode.Forbidden => route.Pattern != "/account/denied",
            HttpStatusCode.Redirect => IsChallenge(answer.Headers.Location!),
            _ => false,
        };
    }

    /// <summary>Sent to sign in, or told that they may not. Pages that lead there by themselves name no way back.</summary>
    private static bool IsChallenge(Uri location) =>
        location.OriginalString.Contains("eturnUrl=", StringComparison.Ordinal)
        && (
            location.OriginalString.Contains("/account/sign-in", StringComparison.Ordinal)
            || location.OriginalString.Contains("/account/denied", StringComparison.Ordinal)
        );

    private static string? RuleOf(string pattern) =>
        Rules.TryGetValue(pattern, out var rule) ? rule
        // Circuits.
        : pattern == "/_blazor" || pattern.StartsWith("/_blazor/", StringComparison.Ordinal)
            ? Roles.FrontDesk
        : pattern.StartsWith("/api/v1/", StringComparison.Ordinal) ? Key
        // The readable API and its files.
        : pattern.StartsWith("/docs/api/", StringComparison.Ordinal) ? Anyone
        : null;

    private static bool IsWebhook(AppRoute route) =>
        route.Pattern.StartsWith("/webhooks/", StringComparison.Ordinal);

    private static HttpClient Named(HttpClient caller, string name)
    {
        caller.DefaultRequestHeaders.Add("X-Who", name);
        return caller;
    }

    private static string Name(HttpClient caller) =>
        caller.DefaultRequestHeaders.GetValues("X-Who").Single();
}
