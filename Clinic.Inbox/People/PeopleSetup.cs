using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clinic.Inbox.People;

/// <summary>Signing in, roles, users.</summary>
public static class PeopleSetup
{
    public static IServiceCollection AddPeople(
        this IServiceCollection services,
        IConfiguration configuration,
        IHostEnvironment environment
    )
    {
        AddIdentity(services);
        AddPasskeys(services, configuration);
        services.AddSignInCookie(configuration);
        services.AddSignInLimit();
        AddKeys(services);
        services
            .AddAuthorizationBuilder()
            .AddRolePolicies()
            // Whatever names no rule of its own needs a signed-in person; what is open says so.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddSingleton<SignInTurns>();
        services.AddSingleton<StrangersAtTheDoor>();
        services.AddSingleton<SessionBook>();
        services.AddSingleton<SessionSightings>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionSightings>());
        services.AddSingleton<SignInRulesBook>();
        services.AddSingleton<ReadLog>();
        services.AddScoped<SecondStep>();
        services.AddScoped<SecondFactors>();
        services.AddScoped<AccountOwners>();
        services.AddScoped<SignInDesk>();
        services.AddScoped<PasswordDesk>();
        services.AddScoped<SetupDesk>();
        services.AddSingleton<SetupCode>();
        services.AddSingleton<UserBook>();
        services.AddCircuitRules();
        services.AddJob<SessionCleaning>(new(SessionCleaning.Name), TimeSpan.FromDays(1));
        return services;
    }

    public static void MapPeople(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapSignOut();
        endpoints.MapActivity();
        endpoints.MapPasskeys();
    }

    private static void AddIdentity(IServiceCollection services)
    {
        services.TryAddScoped<IPasswordHasher<InboxUser>, PasswordHashing>();
        services
            .AddIdentityCore<InboxUser>(identity =>
            {
                // People sign in with their email, whatever letters it has.
                identity.User.RequireUniqueEmail = true;
                identity.User.AllowedUserNameCharacters = "";
                identity.Lockout.MaxFailedAccessAttempts = 5;
                identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
                PasswordRules.Configure(identity.Password);
            })
            .AddEntityFrameworkStores<InboxDb>()
            .AddSignInManager<InboxSignInManager>()
            .AddClaimsPrincipalFactory<UserClaimsFactory>()
            .AddPasswordValidator<PasswordRules>()
            .AddDefaultTokenProviders();
        // OWASP's count for PBKDF2 with HMAC-SHA512; a hash of fewer rounds is renewed at the next sign-in.
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 210_000);
    }

    private static void AddPasskeys(IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddScoped<IPasskeyHandler<InboxUser>, PasskeyHandler<InboxUser>>();
        services.Configure<IdentityPasskeyOptions>(passkeys =>
        {
            // The device asks for its PIN, finger or face: a passkey is two factors in one.
            passkeys.UserVerificationRequirement = "required";
            // So that nobody needs to say who they are first.
            passkeys.ResidentKeyRequirement = "required";
            if (
                Uri.TryCreate(configuration["PublicUrl"], UriKind.Absolute, out var address)
                && address.Scheme == Uri.UriSchemeHttps
            )
            {
                // Not what the request calls itself: a passkey is bound to this name for good.
                passkeys.ServerDomain = address.Host;
            }
        });
    }

    /// <summary>The keys that seal cookies lie in the database, so that a restart or a second node ends no session.</summary>
    private static void AddKeys(IServiceCollection services)
    {
        services
            .AddDataProtection()
            .SetApplicationName("Clinic.Inbox")
            .PersistKeysToDbContext<InboxDb>();
        // The keys stand in clear beside the password hashes: whoever reads that database already has everything they
        // protect. The warning about it at each new key would only teach people not to read warnings.
        services.AddLogging(logging =>
            logging.AddFilter(
                "Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager",
                LogLevel.Error
            )
        );
    }
}
