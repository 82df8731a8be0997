using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Clinic.Inbox.People;

/// <summary>Of whom a second factor is asked, and who has none yet.</summary>
public sealed partial class SignInRulesPage(
    SignInRulesBook book,
    ISnackbar messages,
    AuthenticationStateProvider session,
    ILogger<SignInRulesPage> log
) : LoadedPage(log)
{
    private static readonly (SecondFactorOf Choice, string Name, string Text)[] Choices =
    [
        (SecondFactorOf.Nobody, "Nobody", "Each may have one."),
        (
            SecondFactorOf.Administrators,
            "Administrators",
            "They change users, lines and keys: the least that should be asked."
        ),
        (SecondFactorOf.Managers, "Practice managers and administrators", "Also whoever exports."),
        (SecondFactorOf.Everyone, "Everyone", "Also the front desk."),
    ];

    private SecondFactorOf _chosen;
    private string? _problem;
    private bool _isFirstYourself;
    private bool _saving;

    [PersistentState]
    public SignInRules? Rules { get; set; }

    [PersistentState]
    public string[]? Without { get; set; }

    protected override async Task LoadAsync()
    {
        Rules ??= await book.ReadAsync(Cancellation);
        Without ??= [.. await book.WithoutAsync(Cancellation)];
        _chosen = Rules.SecondFactor;
    }

    private async Task SaveAsync()
    {
        _saving = true;
        _problem = null;
        try
        {
            var by = (await session.GetAuthenticationStateAsync()).User.Actor();
            var result = await book.SaveAsync(new SignInRules(_chosen), by, Cancellation);
            _isFirstYourself = result == RulesResult.FirstYourself;
            switch (result)
            {
                case RulesResult.Done:
                    Rules = new SignInRules(_chosen);
                    messages.Add("Saved", Severity.Success);
                    break;
                case RulesResult.FirstYourself:
                    _problem = "You have no second factor yourself and would shut yourself out.";
                    break;
                default:
                    _problem = "Only an administrator can do this.";
                    break;
            }
        }
        finally
        {
            _saving = false;
        }
    }
}
