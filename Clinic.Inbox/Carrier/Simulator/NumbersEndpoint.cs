using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>
/// Vonage's Numbers API as far as a clinic needs it: search, buy, update, cancel, list. Basic sign-in with the account's key
/// and secret; errors are an <c>error-code</c> with its label, 401 and 420.
/// </summary>
internal sealed class NumbersEndpoint(
    NumberPool pool,
    Faults faults,
    IOptionsMonitor<VonageOptions> options,
    IHostApplicationLifetime life
)
{
    private const int LargestPage = 100;

    public void Map(IEndpointRouteBuilder simulator)
    {
        simulator.MapGet("/number/search", context => GuardAsync(context, SearchAsync));
        simulator.MapGet("/account/numbers", context => GuardAsync(context, OwnedAsync));
        simulator.MapPost("/number/buy", context => GuardAsync(context, BuyAsync));
        simulator.MapPost("/number/update", context => GuardAsync(context, LinkAsync));
        simulator.MapPost("/number/cancel", context => GuardAsync(context, CancelAsync));
    }

    private async Task GuardAsync(HttpContext context, Func<HttpContext, Task> handle)
    {
        if (!IsOurs(context.Request.Headers.Authorization))
        {
            await AnswerAsync(context, 401, "authentication failed");
            return;
        }
        await handle(context);
    }

    private async Task SearchAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var found = await pool.OfferedAsync(
            query["country"].ToString(),
            query["pattern"].ToString(),
            OrElse(query["search_pattern"].ToString(), "0"),
            context.RequestAborted
        );
        await ListAsync(context, found, withCost: true);
    }

    private async Task OwnedAsync(HttpContext context)
    {
        var pattern = context.Request.Query["pattern"].ToString();
        var owned = await pool.OwnedAsync(context.RequestAborted);
        await ListAsync(
            context,
            [.. owned.Where(n => n.Msisdn.StartsWith(pattern, StringComparison.Ordinal))],
            withCost: false
        );
    }

    private Task BuyAsync(HttpContext context) =>
        ChangeAsync(
            context,
            form =>
                pool.TryRentAsync(
                    form["country"].ToString(),
                    form["msisdn"].ToString(),
                    life.ApplicationStopping
                )
        );

    private Task LinkAsync(HttpContext context) =>
        ChangeAsync(
            context,
            form =>
                pool.TryLinkAsync(
                    form["msisdn"].ToString(),
                    form["app_id"].ToString() is { Length: > 0 } application ? application : null,
                    life.ApplicationStopping
                )
        );

    private Task CancelAsync(HttpContext context) =>
        ChangeAsync(
            context,
            form => pool.TryCancelAsync(form["msisdn"].ToString(), life.ApplicationStopping)
        );

    private async Task ChangeAsync(HttpContext context, Func<IFormCollection, Task<bool>> change)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var fault = faults.Take(CarrierFault.NumbersApi);
        if (fault?.Status is { } status)
        {
            await AnswerAsync(context, status, "method failed");
            return;
        }
        var done = await change(form);
        if (fault is { DelayMs: > 0 })
        {
            // Real time: what it tries is the patience of the one who called, who has the number all the same.
            await Task.Delay(fault.DelayMs, life.ApplicationStopping);
        }
        if (fault is { DropAfterAccept: true })
        {
            context.Abort();
            return;
        }
        await (
            done ? AnswerAsync(context, 200, "success") : AnswerAsync(context, 420, "method failed")
        );
    }

    private static Task ListAsync(
        HttpContext context,
        IReadOnlyList<PoolNumber> numbers,
        bool withCost
    )
    {
        var json = new JsonObject();
        var size = Math.Clamp(Number(context.Request.Query["size"].ToString(), 10), 1, LargestPage);
        var index = Math.Max(1, Number(context.Request.Query["index"].ToString(), 1));
        // An empty object when there are none, as at Vonage.
        if (numbers.Count > 0)
        {
            json["count"] = numbers.Count;
            json["numbers"] = new JsonArray([
                .. numbers.Skip((index - 1) * size).Take(size).Select(n => Json(n, withCost)),
            ]);
        }
        return context.Response.WriteAsJsonAsync(json, context.RequestAborted);
    }

    private static JsonObject Json(PoolNumber number, bool withCost)
    {
        var json = new JsonObject
        {
            ["country"] = number.Country,
            ["msisdn"] = number.Msisdn,
            ["type"] = number.Type,
            ["features"] = new JsonArray("VOICE", "SMS", "MMS"),
        };
        if (withCost)
        {
            json["cost"] = number.Cost;
        }
        if (number.ApplicationId is not null)
        {
            json["app_id"] = number.ApplicationId;
        }
        return json;
    }

    private static Task AnswerAsync(HttpContext context, int code, string label)
    {
        context.Response.StatusCode = code;
        return context.Response.WriteAsJsonAsync(
            new JsonObject
            {
                ["error-code"] = code.ToString(CultureInfo.InvariantCulture),
                ["error-code-label"] = label,
            },
            context.RequestAborted
        );
    }

    private bool IsOurs(string? authorization)
    {
        var current = options.CurrentValue;
        var expected =
            "Basic "
            + Convert.ToBase64String(
                Encoding.UTF8.GetBytes($"{current.ApiKey}:{current.ApiSecret}")
            );
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(expected),
            Encoding.UTF8.GetBytes(authorization ?? "")
        );
    }

    private static string OrElse(string text, string otherwise) =>
        text.Length > 0 ? text : otherwise;

    private static int Number(string text, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
