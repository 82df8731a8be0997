using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Carrier;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// A text that would make the server call where its sender likes (SSRF): by the address of a file, or by a link that
/// something here might want to look at. MediaFetcherTests has each address, redirects and what names resolve to, one by
/// one; here the whole way is gone, from a signed webhook on.
/// </summary>
public sealed class SsrfTests(RealApp app)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_file_of_a_text_is_fetched_from_where_it_must_not()
    {
        await app.StartAsync();
        using var listener = Listen(out var port);
        using var carrier = app.Caller();
        var urls = MediaFetcherTests
            .Hostile.Select(row => row.Data.Replace("{port}", port, StringComparison.Ordinal))
            .Where(url => !string.IsNullOrWhiteSpace(url) && !NeedsNames(url))
            .ToList();
        Assert.True(urls.Count > 50, "There are addresses to try.");
        var phones = new List<string>();
        foreach (var url in urls)
        {
            var phone = $"1628555{phones.Count + 1000}";
            phones.Add(phone);
            var status = await app.WebhookAsync(
                carrier,
                "inbound",
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        channel = "mms",
                        message_uuid = Guid.NewGuid().ToString(),
                        to = InboxApp.Line,
                        from = phone,
                        message_type = "image",
                        image = new { url, caption = "His paw" },
                    }
                )
            );
            Assert.Equal(HttpStatusCode.OK, status);
        }

        for (var i = 0; i < phones.Count; i++)
        {
            var (phone, url) = (phones[i], urls[i]);
            await Eventually.IsTrueAsync(
                async () => await FileStateAsync(phone) == "failed",
                $"{url} is given up"
            );
        }
        Assert.False(listener.Pending(), "Somebody called.");
    }

    [Fact]
    public async Task A_link_in_a_text_is_looked_at_by_nobody()
    {
        await app.StartAsync();
        using var listener = Listen(out var port);
        using var carrier = app.Caller();
        using var desk = app.Caller(Roles.FrontDesk);
        const string Phone = "16285559999";
        var link = $"http://127.0.0.1:{port}/look";
        var status = await app.WebhookAsync(
            carrier,
            "inbound",
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    channel = "sms",
                    message_uuid = Guid.NewGuid().ToString(),
                    to = InboxApp.Line,
                    from = Phone,
                    message_type = "text",
                    text = $"Look at {link} and https://evil.example/x.svg",
                }
            )
        );
        Assert.Equal(HttpStatusCode.OK, status);

        var page = await desk.GetStringAsync(
            $"schedule/inbox/{await ConversationAsync(Phone)}",
            Cancellation
        );

        Assert.Contains(link, page, StringComparison.Ordinal);
        // A browser that shows the page calls nobody either: the link is text.
        Assert.DoesNotContain($"href=\"{link}", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"src=\"{link}", page, StringComparison.Ordinal);
        Assert.False(listener.Pending(), "Somebody called.");
    }

    private static TcpListener Listen(out string port)
    {
        var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        return listener;
    }

    /// <summary>The host is allowed, and what its name leads to is another test's matter: here nobody answers for names.</summary>
    private static bool NeedsNames(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri is { Scheme: "https", IsDefaultPort: true, UserInfo: "" }
        && (
            uri.Host.EndsWith(".nexmo.com", StringComparison.OrdinalIgnoreCase)
            || uri.Host.EndsWith(".vonage.com", StringComparison.OrdinalIgnoreCase)
        );

    private async Task<string> ConversationAsync(string phone)
    {
        using var writer = app.WithKey("write");
        using var answer = await writer.PostAsync(
            "api/v1/conversations",
            new StringContent(
                JsonSerializer.Serialize(new { number = "+" + phone }),
                null,
                "application/json"
            ),
            Cancellation
        );
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        return json.RootElement.GetProperty("id").GetString()!;
    }

    private async Task<string?> FileStateAsync(string phone)
    {
        using var reader = app.WithKey("read");
        using var json = JsonDocument.Parse(
            await reader.GetStringAsync(
                $"api/v1/conversations/{await ConversationAsync(phone)}/messages",
                Cancellation
            )
        );
        return json
            .RootElement.GetProperty("items")[0]
            .GetProperty("attachments")[0]
            .GetProperty("state")
            .GetString();
    }
}
