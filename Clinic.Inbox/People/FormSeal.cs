using Microsoft.AspNetCore.Antiforgery;

namespace Clinic.Inbox.People;

/// <summary>Whether a request comes from a form of ours.</summary>
internal static class FormSeal
{
    /// <summary>
    /// False also for a body that is no form, or half of one: there Antiforgery does not say no, but throws, and whoever sends
    /// such a thing would be answered with a fault of ours.
    /// </summary>
    public static async Task<bool> IsOursAsync(this IAntiforgery forms, HttpContext context)
    {
        try
        {
            return await forms.IsRequestValidAsync(context);
        }
        catch (AntiforgeryValidationException)
        {
            return false;
        }
    }
}
