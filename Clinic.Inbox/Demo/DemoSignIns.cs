using Clinic.Inbox.People;

namespace Clinic.Inbox.Demo;

/// <summary>Somebody who works at the demo clinic.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
public sealed record DemoSignIn(string Email, string Name, string Role);

/// <summary>
/// Who may sign in to the demo clinic. They exist in Development only, where the seeding makes them and the sign-in page
/// offers them at a click.
/// </summary>
public static class DemoSignIns
{
    /// <summary>The password of all of them.</summary>
    public const string Password = "demo-clinic-pass";

    public static readonly IReadOnlyList<DemoSignIn> All =
    [
        new("maya@demo.clinic", "Maya Chen", Roles.FrontDesk),
        new("priya@demo.clinic", "Priya Shah", Roles.PracticeManager),
        new("alex@demo.clinic", "Alex Morgan", Roles.Administrator),
    ];

    /// <summary>Whether the demo clinic is on: Development, and <c>Demo:Enabled</c> not switched off.</summary>
    public static bool Offered(IHostEnvironment environment, IConfiguration configuration) =>
        environment.IsDevelopment() && configuration.GetValue("Demo:Enabled", defaultValue: false);
}
