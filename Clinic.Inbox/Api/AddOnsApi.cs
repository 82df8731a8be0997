using System.Security.Claims;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clinic.Inbox.Api;

/// <summary>What the clinic's lines are switched on for.</summary>
internal static class AddOnsApi
{
    public static void MapAddOns(this IEndpointRouteBuilder api)
    {
        var addOns = api.MapGroup("/settings/add-ons").WithTags("Settings");
        addOns.MapGet("", ReadAsync).RequireAuthorization(ApiPolicies.Read);
        addOns.MapPut("", SwitchAsync).RequireAuthorization(ApiPolicies.Manage);
    }

    /// <summary>Lists the add-ons, and the numbers of the one that is on</summary>
    internal static async Task<Ok<ApiAddOns>> ReadAsync(
        LineBook book,
        CancellationToken cancellation
    )
    {
        var lines = await book.ListAsync(cancellation);
        return TypedResults.Ok(
            new ApiAddOns([
                .. AddOnOffer.All.Select(offer =>
                {
                    var numbers = lines
                        .Where(l => l.AddOn == offer.AddOn)
                        .Select(l => l.Number.Value)
                        .ToList();
                    return new ApiAddOn(
                        offer.Id,
                        offer.Name,
                        offer.Price,
                        numbers.Count > 0,
                        numbers
                    );
                }),
            ])
        );
    }

    /// <summary>Switches to one add-on, or all off: 422 <c>unknownAddOn</c>, <c>noLine</c></summary>
    internal static async Task<Results<Ok<ApiAddOns>, ApiProblem>> SwitchAsync(
        AddOnsInput body,
        ClaimsPrincipal user,
        LineBook book,
        CancellationToken cancellation
    )
    {
        if (!body.IsGiven)
        {
            return ApiProblem.Invalid("enabled", "Say \"two-way\", \"one-way\" or null for none.");
        }
        var offer = AddOnOffer.All.FirstOrDefault(o => o.Id == body.Enabled);
        if (offer is null && body.Enabled is not null)
        {
            return HoursApi.Refusal(
                "unknownAddOn",
                "There is no such add-on.",
                [("enabled", "Say \"two-way\", \"one-way\" or null for none.")]
            );
        }
        return await book.SwitchAllAsync(offer?.AddOn ?? AddOn.Off, user.Actor(), cancellation)
            ? await ReadAsync(book, cancellation)
            : ApiProblem.Unprocessable(
                "noLine",
                "There is no number to switch on. An administrator adds one in Settings, Lines."
            );
    }
}

/// <summary>The add-ons.</summary>
internal sealed record ApiAddOns(IReadOnlyList<ApiAddOn> AddOns);

/// <summary>An add-on; at most one is enabled.</summary>
/// <param name="Id"><c>two-way</c> or <c>one-way</c>.</param>
/// <param name="Numbers">E.164, of the lines that are on for it.</param>
internal sealed record ApiAddOn(
    string Id,
    string Name,
    string Price,
    bool Enabled,
    IReadOnlyList<string> Numbers
);

/// <summary>Which add-on shall be on.</summary>
internal sealed class AddOnsInput
{
    /// <summary><c>two-way</c>, <c>one-way</c>, or null for none.</summary>
    public string? Enabled
    {
        get;
        set
        {
            field = value;
            IsGiven = true;
        }
    }

    /// <summary>Null that was said switches off; silence does not.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsGiven { get; private set; }
}
