using System.Net;
using System.Net.Sockets;
using Clinic.Inbox.Carrier;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Clinic.Inbox.Tests.Carrier;

public class MediaFetcherTests
{
    [Fact]
    public async Task A_file_comes_whole_in_development()
    {
        await using var host = await StartAsync(c => c.Response.WriteAsync("a paw"));
        var fetched = Assert.IsType<MediaFetchResult.Fetched>(await Fetch(host, "media"));
        Assert.Equal("a paw"u8.ToArray(), fetched.Content.ToArray());
    }

    [Theory]
    [InlineData(302, "Refused")]
    [InlineData(404, "Refused")]
    [InlineData(410, "Refused")]
    [InlineData(401, "Failed")]
    [InlineData(429, "Failed")]
    [InlineData(500, "Failed")]
    [InlineData(200, "Failed")]
    public async Task Each_answer_has_its_result(int status, string result)
    {
        var followed = false;
        await using var host = await StartAsync(c =>
        {
            followed |= c.Request.QueryString.HasValue;
            c.Response.StatusCode = status;
            c.Response.Headers.Location = "/media?followed";
            return Task.CompletedTask;
        });
        Assert.Equal(result, (await Fetch(host, "media")).GetType().Name);
        Assert.False(followed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_over_10_MiB_is_refused(bool announced)
    {
        await using var host = await StartAsync(async c =>
        {
            var size = MediaFetcher.Limit + 1;
            if (announced)
            {
                c.Response.ContentLength = size;
            }
            var block = new byte[1 << 20];
            for (var left = size; left > 0; left -= block.Length)
            {
                await c.Response.Body.WriteAsync(block.AsMemory(0, Math.Min(left, block.Length)));
            }
        });
        Assert.IsType<MediaFetchResult.Refused>(await Fetch(host, "media"));
    }

    [Fact]
    public async Task The_application_token_goes_to_no_other_host()
    {
        string? authorization = null;
        await using var host = await StartAsync(c =>
        {
            authorization = c.Request.Headers.Authorization;
            return c.Response.WriteAsync("x");
        });
        await Fetch(host, "media");
        Assert.Null(authorization);
        Assert.True(MediaAddress.IsVonage(new("https://api-us.nexmo.com/v3/media/1")));
        Assert.False(MediaAddress.IsVonage(new("http://api-us.nexmo.com/v3/media/1")));
        Assert.False(MediaAddress.IsVonage(new("https://nexmo.com.evil.example/")));
        Assert.False(MediaAddress.IsVonage(new("https://evilnexmo.com/")));
    }

    public static TheoryData<string> Hostile =>
        [
            "http://127.0.0.1:{port}/",
            "http://127.1:{port}/",
            "http://127.0.0.1.:{port}/",
            "http://0:{port}/",
            "http://0.0.0.0:{port}/",
            "http://0x7f.1:{port}/",
            "http://0x7f000001:{port}/",
            "http://2130706433:{port}/",
            "http://017700000001:{port}/",
            "http://127.127.127.127:{port}/",
            "http://localhost:{port}/",
            "http://localhost.:{port}/",
            "http://LOCALHOST:{port}/",
            "http://[::1]:{port}/",
            "http://[::]:{port}/",
            "http://[::ffff:127.0.0.1]:{port}/",
            "http://[::ffff:7f00:1]:{port}/",
            "http://[0:0:0:0:0:0:0:1]:{port}/",
            "http://[::127.0.0.1]:{port}/",
            "http://[64:ff9b::7f00:1]:{port}/",
            "http://[2002:7f00:1::]:{port}/",
            "http://[fe80::1]:{port}/",
            "http://[fd00::1]:{port}/",
            "http://[fc00::1]:{port}/",
            "https://127.0.0.1:{port}/",
            "https://localhost:{port}/",
            "https://[::1]:{port}/",
            "http://169.254.169.254/latest/meta-data/",
            "https://169.254.169.254/latest/meta-data/",
            "http://[fd00:ec2::254]/",
            "http://100.64.0.1:{port}/",
            "http://10.0.0.1/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://metadata.google.internal/",
            "https://api.nexmo.com@127.0.0.1:{port}/",
            "https://user:password@api.nexmo.com/",
            "https://api.nexmo.com#@127.0.0.1:{port}/",
            "https://127.0.0.1:{port}#api.nexmo.com",
            "https://127.0.0.1:{port}/?api.nexmo.com",
            "https://127.0.0.1:{port}\\@api.nexmo.com/",
            "https://api.nexmo.com.127.0.0.1.nip.io:{port}/",
            "https://api.nexmo.com.evil.example/",
            "https://evilnexmo.com/",
            "https://nexmo.com/",
            "https://api.nexmo.com./",
            "https://api.nexmo.com:{port}/",
            "http://api.nexmo.com/",
            "HTTP://API.NEXMO.COM/",
            "ftp://api.nexmo.com/",
            "file:///etc/passwd",
            "file://api.nexmo.com/etc/passwd",
            "gopher://127.0.0.1:{port}/",
            "dict://127.0.0.1:{port}/",
            "ws://127.0.0.1:{port}/",
            "data:text/plain,hi",
            "javascript:alert(1)",
            "//127.0.0.1:{port}/",
            "/etc/passwd",
            "api.nexmo.com/x",
            "http://",
            "",
            " ",
            "https://①②⑦.⓪.⓪.①:{port}/",
            "https://loopback.nexmo.com/",
            "https://mixed.nexmo.com/",
            "https://private.vonage.com/",
            "https://cgnat.vonage.com/",
            "https://mapped.vonage.com/",
            "https://ula.vonage.com/",
            "https://linklocal.vonage.com/",
        ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_hostile_address_opens_no_connection(string template)
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var host = await CarrierHost.StartAsync(configure: b =>
            b.Services.AddSingleton(p => new MediaConnection(
                p.GetRequiredService<IOptionsMonitor<VonageOptions>>(),
                Resolve
            ))
        );
        var url = template.Replace(
            "{port}",
            port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            StringComparison.Ordinal
        );
        var fetcher = host.Services.GetRequiredService<MediaFetcher>();
        var result = await fetcher.FetchAsync(url, TestContext.Current.CancellationToken);
        Assert.IsType<MediaFetchResult.Refused>(result);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task A_name_that_points_at_the_loopback_is_refused_in_development_too()
    {
        await using var host = await CarrierHost.StartAsync(
            "Development",
            b =>
                b.Services.AddSingleton(p => new MediaConnection(
                    p.GetRequiredService<IOptionsMonitor<VonageOptions>>(),
                    Resolve
                ))
        );
        var result = await host
            .Services.GetRequiredService<MediaFetcher>()
            .FetchAsync("https://loopback.nexmo.com/", TestContext.Current.CancellationToken);
        Assert.IsType<MediaFetchResult.Refused>(result);
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_a_moment_later_is_asked_once()
    {
        var asked = 0;
        var connected = new List<(string Addresses, int Port)>();
        await using var host = await CarrierHost.StartAsync(configure: b =>
            b.Services.AddSingleton(p => new MediaConnection(
                p.GetRequiredService<IOptionsMonitor<VonageOptions>>(),
                // Public for whoever checks, the loopback for whoever asks again to connect.
                (_, _) =>
                    Task.FromResult<IPAddress[]>([
                        IPAddress.Parse(
                            Interlocked.Increment(ref asked) == 1 ? "8.8.8.8" : "127.0.0.1"
                        ),
                    ]),
                (addresses, port, _) =>
                {
                    connected.Add((string.Join<IPAddress>(' ', addresses), port));
                    throw new SocketException((int)SocketError.ConnectionRefused);
                }
            ))
        );

        var result = await host
            .Services.GetRequiredService<MediaFetcher>()
            .FetchAsync("https://rebinding.vonage.com/", TestContext.Current.CancellationToken);

        Assert.IsType<MediaFetchResult.Failed>(result);
        Assert.Equal(1, asked);
        Assert.Equal(("8.8.8.8", 443), Assert.Single(connected));
    }

    /// <summary>The first of two walls: no name is looked up for these.</summary>
    [Theory]
    [InlineData("https://api.nexmo.com:8443/")]
    [InlineData("http://api.nexmo.com/")]
    [InlineData("https://user@api.nexmo.com/")]
    [InlineData("https://evilnexmo.com/")]
    [InlineData("https://api.nexmo.com./")]
    [InlineData("https://api.nexmo.com.evil.example/")]
    [InlineData("ftp://api.nexmo.com/")]
    public void Only_https_at_its_own_port_of_a_listed_host_may_be_asked(string url) =>
        Assert.NotNull(MediaAddress.Refusal(url, ["*.nexmo.com"], out _));

    [Fact]
    public async Task Nothing_on_the_way_resolves_the_name_anew()
    {
        await using var host = await CarrierHost.StartAsync();
        var handler = host
            .Services.GetRequiredService<IHttpMessageHandlerFactory>()
            .CreateHandler(nameof(MediaFetcher));
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        var sockets = Assert.IsType<SocketsHttpHandler>(handler);
        // A proxy of the machine's would be asked for whatever a client's text names, and look the name up by itself.
        Assert.False(sockets.UseProxy);
        Assert.False(sockets.AllowAutoRedirect);
        Assert.NotNull(sockets.ConnectCallback);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("255.255.255.255", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("100.127.255.255", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("fec0::1", false)]
    public void Only_addresses_on_the_internet_are_public(string ip, bool isPublic) =>
        Assert.Equal(isPublic, MediaAddress.IsPublic(IPAddress.Parse(ip)));

    private static Task<IPAddress[]> Resolve(string host, CancellationToken cancellation)
    {
        string[] addresses = host.Split('.')[0] switch
        {
            "loopback" => ["127.0.0.1"],
            "mixed" => ["8.8.8.8", "127.0.0.1"],
            "private" => ["10.1.2.3"],
            "cgnat" => ["100.64.3.4"],
            "mapped" => ["::ffff:10.0.0.1"],
            "ula" => ["fd12::1"],
            "linklocal" => ["169.254.169.254"],
            _ => ["127.0.0.1"],
        };
        return Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
    }

    private static Task<CarrierHost> StartAsync(RequestDelegate media) =>
        CarrierHost.StartAsync("Development", map: app => app.MapGet("/media", media));

    private static Task<MediaFetchResult> Fetch(CarrierHost host, string path) =>
        host
            .Services.GetRequiredService<MediaFetcher>()
            .FetchAsync(
                new Uri(host.Address, path).AbsoluteUri,
                TestContext.Current.CancellationToken
            );
}
