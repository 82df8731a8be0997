using System.Collections.Concurrent;
using System.Net;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using static Clinic.Inbox.Tests.Fixtures.SignedIn;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Attacks on the door: sessions that were planted, many guesses at once, invented addresses, ways to another site. Its
/// ordinary rules (lockout, limit, the cookie's marks) are in SignInTests, those of links in UserBookTests.
/// </summary>
public sealed class SignInAttackTests
{
    private const string Page = "account/sign-in";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Addresses that browsers read as another site's, or that software on the way makes one of.</summary>
    private static readonly string[] Elsewhere =
    [
        "//evil.example",
        "///evil.example",
        "////evil.example/%2f..",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "HTTPS://EVIL.EXAMPLE",
        "http:evil.example",
        "javascript:alert(1)//",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "evil.example",
        ".evil.example",
        "@evil.example",
        ":80@evil.example",
        "?//evil.example",
        "#//evil.example",
        "/account/sign-in?returnUrl=//evil.example",
        "/account/sign-out",
        "/\u0000/evil.example",
        "/\u000b/evil.example",
    ];

    [Fact]
    public async Task No_way_back_leads_to_another_site()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        var inbox = new Uri(app.Address, "schedule/inbox");
        for (var i = 0; i < Elsewhere.Length; i++)
        {
            var page = $"{Page}?returnUrl={Uri.EscapeDataString(Elsewhere[i])}";
            using var browser = app.Visitor();
            browser.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{i + 1}");

            using var signedIn = await SignInAsync(
                browser,
                user.User.Email!,
                SignedIn.Password,
                page
            );
            // Who is signed in already is led on by looking at the page.
            using var again = await browser.GetAsync(page, Cancellation);

            foreach (var answer in (HttpResponseMessage[])[signedIn, again])
            {
                Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
                Assert.Equal(inbox, new Uri(app.Address, answer.Headers.Location!));
            }
        }
    }

    [Fact]
    public async Task No_way_back_from_the_second_step_leads_there_either()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        await WithPhoneAsync(app, user);
        var codes = await CodesAsync(app, user, Elsewhere.Length);
        var inbox = new Uri(app.Address, "schedule/inbox");
        for (var i = 0; i < Elsewhere.Length; i++)
        {
            using var browser = app.Visitor();
            browser.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{i + 1}");
            (await SignInAsync(browser, user.User.Email!, SignedIn.Password)).Dispose();

            using var answer = await browser.SendFormAsync(
                $"account/second-step?returnUrl={Uri.EscapeDataString(Elsewhere[i])}",
                "recovery",
                ("Recovery.Code", codes[i])
            );

            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal(inbox, new Uri(app.Address, answer.Headers.Location!));
        }
    }

    [Fact]
    public async Task A_session_that_was_planted_is_not_the_one_that_signs_in()
    {
        await using var app = await InboxApp.StartAsync();
        using var attacker = await app.UserAsync(name: "Mallory");
        using var victim = await app.UserAsync(name: "Vera", password: SignedIn.Password);
        var cookies = new CookieContainer();
        // The attacker's own session and form cookie, in the victim's browser.
        cookies.Add(attacker.Cookie);
        using var browser = app.Visitor(cookies: cookies);
        using var form = await browser.GetAsync("account/change-password", Cancellation);
        var planted = attacker.Cookie.Value;

        // Whoever has a session is led on from the sign-in page: the planted one has to be put off first, or sent over.
        using var answer = await SignInOverAsync(browser, app, victim.User.Email!);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var now = cookies.GetCookies(app.Address)["inbox"]!.Value;
        Assert.NotEqual(planted, now);
        Assert.Contains("Vera", await browser.GetStringAsync("settings", Cancellation));
        // What the attacker still holds is a session that ended, and nothing of the victim's.
        using var theirs = await attacker.Http.GetAsync("settings", Cancellation);
        Assert.Equal("/" + Page, theirs.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.DoesNotContain("Vera", await theirs.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Two_who_sign_in_get_two_sessions_and_a_value_that_somebody_made_up_none()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        var first = await SessionAsync(app, user.User.Email!);
        var second = await SessionAsync(app, user.User.Email!);

        Assert.NotEqual(first, second);
        foreach (
            var forged in (string[])
                [
                    "",
                    "x",
                    user.User.Id,
                    first[..^2],
                    first[..^8] + second[^8..],
                    first.ToUpperInvariant(),
                    Convert.ToBase64String(Guid.NewGuid().ToByteArray()),
                ]
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "settings");
            request.Headers.TryAddWithoutValidation("Cookie", $"inbox={forged}");
            using var browser = new HttpClient(
                new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }
            )
            {
                BaseAddress = app.Address,
            };
            using var answer = await browser.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Of_many_guesses_at_once_no_more_are_looked_at_than_one_after_the_other()
    {
        const int Guesses = 60;
        var looked = new CountingHasher();
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.Replace(
                ServiceDescriptor.Singleton<IPasswordHasher<InboxUser>>(looked)
            )
        );
        using var user = await app.UserAsync(password: SignedIn.Password);
        // From many addresses, so that the limit of one does not stand in the way; each has the form already.
        var attackers = new ConcurrentBag<(HttpClient Browser, FormUrlEncodedContent Form)>();
        for (var i = 0; i < Guesses; i++)
        {
            var browser = app.Visitor();
            browser.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{i + 1}");
            attackers.Add((browser, await FilledAsync(browser, user.User.Email!, $"guess {i}")));
        }
        looked.Reset(user.User.Id);

        var answers = await Task.WhenAll(
            attackers.Select(a => a.Browser.PostAsync(Page, a.Form, Cancellation))
        );

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.InRange(looked.Looked, 1, 5);
        foreach (var (browser, form) in attackers)
        {
            browser.Dispose();
            form.Dispose();
        }
    }

    [Fact]
    public async Task A_session_that_was_left_open_is_no_place_to_guess_its_owners_password()
    {
        const int Guesses = 12;
        var looked = new CountingHasher();
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.Replace(
                ServiceDescriptor.Singleton<IPasswordHasher<InboxUser>>(looked)
            )
        );
        using var user = await app.UserAsync(password: SignedIn.Password);
        var seal = await SealAsync(user.Http, "account/change-password");
        looked.Reset(user.User.Id);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, Guesses)
                .Select(async i =>
                {
                    using var form = Filled(
                        seal,
                        i % 2 == 0 ? "change-password" : "factors",
                        ("Input.Current", $"guess {i}"),
                        ("Input.Password", "another horse battery"),
                        ("Input.Repeated", "another horse battery"),
                        ("Input.Act", "new-codes")
                    );
                    using var answer = await user.Http.PostAsync(
                        i % 2 == 0 ? "account/change-password" : "account/security",
                        form,
                        Cancellation
                    );
                    return answer.StatusCode;
                })
        );
        using var right = await user.Http.SendFormAsync(
            "account/change-password",
            "change-password",
            ("Input.Current", SignedIn.Password),
            ("Input.Password", "another horse battery"),
            ("Input.Repeated", "another horse battery")
        );

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.InRange(looked.Looked, 1, 5);
        Assert.Contains("not right", await right.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Whoever_was_invited_costs_as_much_work_as_anybody()
    {
        var looked = new CountingHasher();
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.Replace(
                ServiceDescriptor.Singleton<IPasswordHasher<InboxUser>>(looked)
            )
        );
        using var invited = await app.UserAsync();
        using var member = await app.UserAsync(password: SignedIn.Password);
        using var browser = app.Visitor();

        foreach (
            var email in (string[])[invited.User.Email!, member.User.Email!, "nobody@clinic.test"]
        )
        {
            var before = looked.Compared;
            (await SignInAsync(browser, email, "not the password")).Dispose();
            Assert.Equal(before + 1, looked.Compared);
        }
    }

    [Fact]
    public async Task Of_many_codes_at_once_no_more_are_looked_at_than_one_after_the_other()
    {
        const int Guesses = 20;
        var looked = new CountingCodes();
        await using var app = await InboxApp.StartAsync(adjust: builder =>
            builder.Services.PostConfigure<IdentityOptions>(identity =>
                identity
                    .Tokens
                    .ProviderMap[TokenOptions.DefaultAuthenticatorProvider]
                    .ProviderInstance = looked
            )
        );
        using var user = await app.UserAsync(password: SignedIn.Password);
        var phone = await WithPhoneAsync(app, user);
        // Whoever knows the password has come as far as this.
        using var browser = app.Visitor();
        (await SignInAsync(browser, user.User.Email!, SignedIn.Password)).Dispose();
        var seal = await SealAsync(browser, "account/second-step");

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, Guesses)
                .Select(async _ =>
                {
                    using var form = Filled(seal, "code", ("Input.Code", phone.WrongCode()));
                    using var answer = await browser.PostAsync(
                        "account/second-step",
                        form,
                        Cancellation
                    );
                    return answer.StatusCode;
                })
        );

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.InRange(looked.Looked, 1, 5);
    }

    [Fact]
    public async Task However_an_email_is_written_its_account_has_one_door()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync(password: SignedIn.Password);
        await using (var db = app.Db())
        {
            await db
                .Users.Where(u => u.Id == user.User.Id)
                .ExecuteUpdateAsync(
                    u =>
                        u.SetProperty(x => x.Email, "kim@clinic.test")
                            .SetProperty(x => x.NormalizedEmail, "KIM@CLINIC.TEST"),
                    Cancellation
                );
        }
        using var browser = app.Visitor();
        using var form = await FilledAsync(browser, "\u212Aim@clinic.test", SignedIn.Password);
        // Somebody else has the turn of kim@clinic.test. The Kelvin sign is a K where accounts are looked up.
        var turn = await app.Get<SignInTurns>().TakeAsync("KIM@CLINIC.TEST", Cancellation);

        var signing = browser.PostAsync(Page, form, Cancellation);
        var first = await Task.WhenAny(signing, Task.Delay(1_000, Cancellation));

        Assert.NotSame(signing, first);
        turn!.Dispose();
        using var answer = await signing;
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task An_address_that_the_caller_invents_is_not_the_one_that_counts()
    {
        await using var app = await InboxApp.StartAsync();
        using var user = await app.UserAsync();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 31; i++)
        {
            using var browser = app.Visitor();
            // The proxy, here the loopback, adds who came to it at the end. What stood there before is hearsay.
            browser.DefaultRequestHeaders.Add("X-Forwarded-For", $"10.9.8.{i}, 203.0.113.77");
            browser.DefaultRequestHeaders.Add("X-Real-IP", $"10.9.8.{i}");
            browser.DefaultRequestHeaders.Add("Forwarded", $"for=10.9.8.{i}");
            browser.DefaultRequestHeaders.Add("True-Client-IP", $"10.9.8.{i}");
            browser.DefaultRequestHeaders.Add("CF-Connecting-IP", $"10.9.8.{i}");
            using var answer = await browser.PostAsync(Page, content: null, Cancellation);
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
    }

    /// <summary>
    /// Signs in with a form whose seal was made for the planted session: fetched where a session may look, sent to the door.
    /// </summary>
    private static async Task<HttpResponseMessage> SignInOverAsync(
        HttpClient browser,
        InboxApp app,
        string email
    )
    {
        var page = await browser.GetStringAsync("account/change-password", Cancellation);
        using var content = new FormUrlEncodedContent(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["_handler"] = "sign-in",
                [Forms.TokenField] = Forms.TokenIn(page),
                ["Input.Email"] = email,
                ["Input.Password"] = SignedIn.Password,
            }
        );
        return await browser.PostAsync(new Uri(app.Address, Page), content, Cancellation);
    }

    private static async Task<string> SessionAsync(InboxApp app, string email)
    {
        var cookies = new CookieContainer();
        using var browser = app.Visitor(cookies: cookies);
        using var answer = await SignInAsync(browser, email, SignedIn.Password);
        return cookies.GetCookies(app.Address)["inbox"]!.Value;
    }

    private static async Task<FormUrlEncodedContent> FilledAsync(
        HttpClient browser,
        string email,
        string password
    )
    {
        return Filled(
            await SealAsync(browser, Page),
            "sign-in",
            ("Input.Email", email),
            ("Input.Password", password)
        );
    }

    /// <summary>What proves that a form is of ours; good for every form of this browser.</summary>
    private static async Task<string> SealAsync(HttpClient browser, string path)
    {
        var page = await browser.GetStringAsync(path, Cancellation);
        return Forms.TokenIn(page);
    }

    private static FormUrlEncodedContent Filled(
        string seal,
        string name,
        params (string Name, string Value)[] fields
    )
    {
        var values = fields.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        values["_handler"] = name;
        values[Forms.TokenField] = seal;
        return new FormUrlEncodedContent(values);
    }

    /// <summary>The user's authenticator app, which is on.</summary>
    private static async Task<AuthenticatorApp> WithPhoneAsync(InboxApp app, DeskUser user)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<InboxUser>>();
        var stored = (await users.FindByIdAsync(user.User.Id))!;
        await users.ResetAuthenticatorKeyAsync(stored);
        await users.SetTwoFactorEnabledAsync(stored, enabled: true);
        return new AuthenticatorApp((await users.GetAuthenticatorKeyAsync(stored))!);
    }

    /// <summary>As many recovery codes as a test needs.</summary>
    private static async Task<IReadOnlyList<string>> CodesAsync(
        InboxApp app,
        DeskUser user,
        int count
    )
    {
        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<InboxUser>>();
        var stored = (await users.FindByIdAsync(user.User.Id))!;
        return [.. (await users.GenerateNewTwoFactorRecoveryCodesAsync(stored, count))!];
    }

    /// <summary>Counts the codes that were really compared, and leaves others the time to come beside them.</summary>
    private sealed class CountingCodes : AuthenticatorTokenProvider<InboxUser>
    {
        private readonly TaskCompletionSource _crowd = new();
        private int _looked;

        public int Looked => Volatile.Read(ref _looked);

        public override async Task<bool> ValidateAsync(
            string purpose,
            string token,
            UserManager<InboxUser> manager,
            InboxUser user
        )
        {
            if (Interlocked.Increment(ref _looked) > 5)
            {
                _crowd.TrySetResult();
            }
            await Task.WhenAny(_crowd.Task, Task.Delay(200, CancellationToken.None));
            return await base.ValidateAsync(purpose, token, manager, user);
        }
    }

    /// <summary>Counts the passwords of one user that were really compared.</summary>
    private sealed class CountingHasher : PasswordHasher<InboxUser>, IPasswordHasher<InboxUser>
    {
        private string _whose = "";
        private int _looked;
        private int _compared;

        public int Looked => Volatile.Read(ref _looked);

        /// <summary>Of anybody, also of nobody.</summary>
        public int Compared => Volatile.Read(ref _compared);

        public void Reset(string whose)
        {
            _whose = whose;
            Volatile.Write(ref _looked, 0);
        }

        public override PasswordVerificationResult VerifyHashedPassword(
            InboxUser user,
            string hashedPassword,
            string providedPassword
        )
        {
            Interlocked.Increment(ref _compared);
            if (user.Id == _whose)
            {
                Interlocked.Increment(ref _looked);
            }
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
