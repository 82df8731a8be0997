using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Clinic.Inbox.Api;
using Clinic.Inbox.People;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>Calls <c>/api/v1</c> as another system does.</summary>
internal sealed class ApiClient(HttpClient http, string key) : IDisposable
{
    /// <summary>The key itself, for the hub and for attachments.</summary>
    public string Key { get; } = key;

    public HttpClient Http { get; } = http;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The answer's JSON; fails unless the status is <paramref name="status"/>.</summary>
    public async Task<JsonElement> GetAsync(string path, int status = 200)
    {
        using var response = await Http.GetAsync(path, Cancellation);
        return await ReadAsync(response, status);
    }

    /// <inheritdoc cref="GetAsync"/>
    /// <param name="body">An object, or JSON as text.</param>
    public Task<JsonElement> PostAsync(
        string path,
        object? body = null,
        int status = 200,
        string? idempotencyKey = null
    ) => SendAsync(HttpMethod.Post, path, body, status, idempotencyKey);

    public async Task<JsonElement> SendAsync(
        HttpMethod method,
        string path,
        object? body = null,
        int status = 200,
        string? idempotencyKey = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body switch
        {
            null => null,
            string json => new StringContent(json, Encoding.UTF8, "application/json"),
            _ => JsonContent.Create(body),
        };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }
        using var response = await Http.SendAsync(request, Cancellation);
        return await ReadAsync(response, status);
    }

    /// <summary>Fails unless it is a problem with this status and code.</summary>
    public async Task<JsonElement> FailAsync(
        HttpMethod method,
        string path,
        object? body,
        int status,
        string code
    )
    {
        var problem = await SendAsync(method, path, body, status);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        return problem;
    }

    public void Dispose() => Http.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        if (status >= 400)
        {
            Assert.Equal(
                "application/problem+json",
                response.Content.Headers.ContentType?.MediaType
            );
        }
        return text.Length == 0 || response.StatusCode == HttpStatusCode.NoContent
            ? default
            : JsonDocument.Parse(text).RootElement.Clone();
    }
}

internal static class ApiClients
{
    public static readonly Actor Tester = new("tester", "Tess Tester");

    /// <summary>A client of the API with a new key of these scopes.</summary>
    public static async Task<ApiClient> ApiClientAsync(this InboxApp app, params string[] scopes)
    {
        var made = await app.Get<ApiKeys>()
            .CreateAsync(
                "Test " + string.Join('+', scopes),
                scopes,
                Tester,
                TestContext.Current.CancellationToken
            );
        return app.ApiClient(made.Secret);
    }

    /// <summary>A client of the API that shows this key.</summary>
    public static ApiClient ApiClient(this InboxApp app, string key)
    {
        var http = new HttpClient { BaseAddress = new Uri(app.Address, "api/v1/") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return new ApiClient(http, key);
    }
}
