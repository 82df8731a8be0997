using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components;

namespace Clinic.Inbox.People;

/// <summary>
/// A page on the way in: it takes a passkey, and leads to where somebody wanted to go. Static: it sets a cookie, which a
/// circuit could not.
/// </summary>
public abstract class WayInPage : ComponentBase
{
    [CascadingParameter]
    public HttpContext HttpContext { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "passkey", Name = "Key")]
    private protected PasskeyForm? Key { get; set; }

    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? ReturnUrl { get; set; }

    /// <summary>Where to go afterwards; see <see cref="LocalUrl"/>.</summary>
    protected string Wanted => LocalUrl.Or(ReturnUrl, Paths.Inbox);
}

/// <summary>What a browser sends of a passkey.</summary>
internal sealed class PasskeyForm
{
    /// <summary>JSON.</summary>
    public string? Credential { get; set; }
}
