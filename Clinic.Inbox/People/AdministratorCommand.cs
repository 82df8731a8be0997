using Clinic.Inbox.Data;
using Clinic.Inbox.Operations;
using Microsoft.AspNetCore.Identity;

namespace Clinic.Inbox.People;

/// <summary>
/// <c>administrator &lt;email&gt;</c>: for a clinic whose administrators are lost. Whoever can run it on the server may: it makes the
/// account an open administrator without lockout, passkeys and authenticator app, ends its sessions, and prints a link that chooses a
/// password. The app may run meanwhile.
/// </summary>
internal static class AdministratorCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var email, .. var rest] || !email.Contains('@', StringComparison.Ordinal))
        {
            await Console.Error.WriteLineAsync("Name an email: administrator <email>");
            return 2;
        }
        var builder = CommandHost.Create(rest);
        builder.Services.AddClinicTime(builder.Environment);
        builder.Services.AddInboxDb(builder.Configuration);
        builder.Services.AddPeople(builder.Configuration, builder.Environment);
        builder.Logging.ClearProviders();
        // Not the app: nothing of it is started.
        await using var services = builder.Services.BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        return await RestoreAsync(scope.ServiceProvider, email.Trim(), builder.Configuration);
    }

    private static async Task<int> RestoreAsync(
        IServiceProvider services,
        string email,
        IConfiguration configuration
    )
    {
        var users = services.GetRequiredService<UserManager<InboxUser>>();
        var db = services.GetRequiredService<InboxDb>();
        var user = await users.FindByEmailAsync(email);
        var known = user is not null;
        user ??= new InboxUser
        {
            UserName = email,
            Email = email,
            DisplayName = email.Split('@')[0],
        };
        user.GiveRole(Roles.Administrator);
        user.Reactivate();
        user.LockoutEnd = null;
        user.AccessFailedCount = 0;
        user.LoseSecondFactor();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await SecondFactors.ForgetAsync(db, user.Id);
        await SessionBook.EndAllAsync(db, user.Id);
        db.Note(now, Actor.Console, "user.restored", user.Id, user.DisplayName + ", Administrator");
        var saved = known ? await users.UpdateAsync(user) : await users.CreateAsync(user);
        if (!saved.Succeeded)
        {
            await Console.Error.WriteLineAsync(
                string.Join(' ', saved.Errors.Select(e => e.Description))
            );
            return 1;
        }
        await transaction.CommitAsync();
        var link = await UserBook.LinkAsync(users, user);
        await Console.Out.WriteLineAsync(
            $"{user.Email} is an administrator{(known ? "" : " (a new account)")}. Open this within 24 hours and choose a password; it works once:"
        );
        await Console.Out.WriteLineAsync((configuration["PublicUrl"] ?? "").TrimEnd('/') + link);
        return 0;
    }
}
