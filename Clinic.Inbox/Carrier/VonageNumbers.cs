using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly.Timeout;

namespace Clinic.Inbox.Carrier;

/// <summary>
/// Vonage's Numbers API (rest.nexmo.com), which knows us by the account's key and secret (Basic). Success is an
/// <c>error-code</c> of 200 in the body, not only in the status. Nothing is tried twice here.
/// </summary>
internal sealed class VonageNumbers(
    HttpClient http,
    PublicAddress address,
    IOptionsMonitor<VonageOptions> options
) : INumberProvider
{
    private const int LargestAnswer = 512 * 1024;

    private static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(10);

    public string? Missing =>
        options.CurrentValue is { ApiKey.Length: > 0, ApiSecret.Length: > 0 }
            ? null
            : "Numbers can't be rented from here: Vonage:ApiKey and Vonage:ApiSecret are not set. An administrator sets them, or rents a number in Vonage's dashboard and adds it in Settings, Lines.";

    public async Task<NumberAnswer<IReadOnlyList<OfferedNumber>>> SearchAsync(
        NumberQuery query,
        CancellationToken cancellation
    )
    {
        var said = await AskAsync(
            $"number/search?country={Escape(query.Country)}&pattern={Escape(query.StartsWith)}&search_pattern=0&features=SMS&size={query.Most.ToString(CultureInfo.InvariantCulture)}",
            cancellation
        );
        return said.Problem is { } problem
            ? NumberAnswer<IReadOnlyList<OfferedNumber>>.Failed(problem)
            : NumberAnswer<IReadOnlyList<OfferedNumber>>.Of([
                .. Numbers(said.Json).Where(n => Text(n, "msisdn"u8).Length > 0).Select(Offered),
            ]);
    }

    public async Task<NumberAnswer<OwnedNumber?>> FindOwnedAsync(
        string number,
        CancellationToken cancellation
    )
    {
        var said = await AskAsync(
            $"account/numbers?pattern={Escape(number)}&search_pattern=0&size=10",
            cancellation
        );
        if (said.Problem is { } problem)
        {
            return NumberAnswer<OwnedNumber?>.Failed(problem);
        }
        foreach (var owned in Numbers(said.Json))
        {
            if (Text(owned, "msisdn"u8) == number)
            {
                return NumberAnswer<OwnedNumber?>.Of(
                    new OwnedNumber(
                        number,
                        Text(owned, "country"u8),
                        Text(owned, "type"u8),
                        Text(owned, "app_id"u8) is { Length: > 0 } application ? application : null
                    )
                );
            }
        }
        return NumberAnswer<OwnedNumber?>.Of(null);
    }

    public Task<NumberDeed> BuyAsync(
        string country,
        string number,
        CancellationToken cancellation
    ) => DoAsync("number/buy", [("country", country), ("msisdn", number)], cancellation);

    public Task<NumberDeed> LinkAsync(
        string country,
        string number,
        CancellationToken cancellation
    ) =>
        DoAsync(
            "number/update",
            [
                ("country", country),
                ("msisdn", number),
                ("app_id", options.CurrentValue.ApplicationId ?? ""),
            ],
            cancellation
        );

    public Task<NumberDeed> ReleaseAsync(
        string country,
        string number,
        CancellationToken cancellation
    ) => DoAsync("number/cancel", [("country", country), ("msisdn", number)], cancellation);

    private async Task<(JsonElement Json, string? Problem)> AskAsync(
        string path,
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(path));
        try
        {
            var (code, label, json) = await SendAsync(request, cancellation);
            return code == 200 ? (json, null)
                : code is >= 500 or < 200 ? (default, NumberErrors.Silent)
                : (default, NumberErrors.Describe(code, label));
        }
        catch (Exception e) when (IsSilence(e, cancellation))
        {
            return (default, NumberErrors.Silent);
        }
    }

    private async Task<NumberDeed> DoAsync(
        string path,
        IEnumerable<(string Key, string Value)> form,
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(path));
        request.Content = new FormUrlEncodedContent(
            form.Select(f => KeyValuePair.Create(f.Key, f.Value))
        );
        try
        {
            var (code, label, _) = await SendAsync(request, cancellation);
            return code switch
            {
                200 => new NumberDeed.Done(),
                >= 400 and < 500 => new NumberDeed.Refused(NumberErrors.Describe(code, label)),
                _ => new NumberDeed.Unconfirmed(NumberErrors.Silent),
            };
        }
        catch (Exception e) when (IsSilence(e, cancellation))
        {
            return new NumberDeed.Unconfirmed(NumberErrors.Silent);
        }
    }

    /// <summary>The worse of the HTTP status and the body's own code; 0 when a success has no readable body.</summary>
    private async Task<(int Code, string Label, JsonElement Json)> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellation
    )
    {
        var current = options.CurrentValue;
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{current.ApiKey}:{current.ApiSecret}"))
        );
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            cancellation
        );
        var status = (int)response.StatusCode;
        var json = await ReadAsync(response, cancellation);
        var label = Text(json, "error-code-label"u8);
        if (status != 200)
        {
            return (status, label, json);
        }
        if (json.ValueKind is not JsonValueKind.Object)
        {
            return (0, "", json);
        }
        var own = Text(json, "error-code"u8);
        // A list has no code of its own.
        return own.Length == 0 && request.Method == HttpMethod.Get ? (200, label, json)
            : int.TryParse(own, CultureInfo.InvariantCulture, out var code) ? (code, label, json)
            : (0, label, json);
    }

    private static async Task<JsonElement> ReadAsync(
        HttpResponseMessage response,
        CancellationToken cancellation
    )
    {
        // The pipeline's timeout ends with the headers.
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(BodyTimeout);
        await response.Content.LoadIntoBufferAsync(LargestAnswer, limited.Token);
        var bytes = await response.Content.ReadAsByteArrayAsync(limited.Token);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static bool IsSilence(Exception e, CancellationToken cancellation) =>
        e is HttpRequestException or IOException or TimeoutRejectedException
        || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    private Uri At(string path)
    {
        var current = options.CurrentValue;
        var baseUrl =
            current.UsesSimulatedNumbers ? PublicAddress.Join(address.Local, "simulator")
            : string.IsNullOrWhiteSpace(current.NumbersUrl)
                ? new Uri(VonageOptions.DefaultNumbersUrl)
            : new Uri(current.NumbersUrl);
        return PublicAddress.Join(baseUrl, path);
    }

    private static OfferedNumber Offered(JsonElement number) =>
        new(
            Text(number, "msisdn"u8),
            Text(number, "country"u8),
            Text(number, "type"u8),
            decimal.TryParse(
                Text(number, "cost"u8),
                NumberStyles.Number,
                CultureInfo.InvariantCulture,
                out var cost
            )
                ? cost
                : null,
            JsonText.TryFind(number, "features"u8, out var features)
                && features.ValueKind is JsonValueKind.Array
                && features
                    .EnumerateArray()
                    .Any(f => f.ValueKind is JsonValueKind.String && JsonText.Read(f) == "MMS")
        );

    /// <summary>Vonage answers an empty object when there are none.</summary>
    private static IEnumerable<JsonElement> Numbers(JsonElement json) =>
        JsonText.TryFind(json, "numbers"u8, out var numbers)
        && numbers.ValueKind is JsonValueKind.Array
            ? numbers.EnumerateArray().Where(n => n.ValueKind is JsonValueKind.Object)
            : [];

    private static string Text(JsonElement json, ReadOnlySpan<byte> name) =>
        json.ValueKind is JsonValueKind.Object && JsonText.TryFind(json, name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => JsonText.Read(value).Trim(),
                JsonValueKind.Number => value.GetRawText(),
                _ => "",
            }
            : "";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
