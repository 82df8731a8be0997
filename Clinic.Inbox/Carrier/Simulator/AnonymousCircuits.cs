using Microsoft.AspNetCore.Authorization;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>
/// The phones' page asks for no sign-in, so in Development a circuit needs none either. What a circuit shows is decided
/// by its pages' policies as before; elsewhere the circuits' own routes stay closed to strangers.
/// </summary>
public static class AnonymousCircuits
{
    private const string Circuits = "_blazor";

    public static void OpenToPhones(
        this IEndpointConventionBuilder pages,
        IHostEnvironment environment
    )
    {
        if (!environment.IsDevelopment())
        {
            return;
        }
        pages.Add(endpoint =>
        {
            if (
                endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } path }
                && path.TrimStart('/').StartsWith(Circuits, StringComparison.OrdinalIgnoreCase)
            )
            {
                endpoint.Metadata.Add(new AllowAnonymousAttribute());
            }
        });
    }
}
