using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Clinic.Inbox.Operations;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Tests.People;

public sealed class ProductionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_carrier_it_names_what_is_missing_and_does_not_start()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-test");
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                typeof(Program).Assembly.Location,
                "--environment=Production",
                "--urls=http://127.0.0.1:0",
                $"--ConnectionStrings:Inbox=Data Source={Path.Combine(folder.FullName, "inbox.db")}",
            },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var errors = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal(1, process.ExitCode);
        Assert.Equal("", await output);
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Collection(
            lines,
            line => Assert.StartsWith("Vonage:ApplicationId", line),
            line => Assert.StartsWith("Vonage:PrivateKey", line),
            line => Assert.StartsWith("Vonage:SignatureSecret", line)
        );
        Assert.Empty(folder.GetFileSystemInfos());
        folder.Delete();
    }

    [Fact]
    public async Task With_a_carrier_it_starts_empty_and_lets_the_first_administrator_in_over_http()
    {
        await using var app = await StartAsync();
        using var browser = app.Visitor();

        using var answer = await browser.SendFormAsync(
            "account/setup",
            "setup",
            ("Input.Code", app.Get<SetupCode>().Text),
            ("Input.Clinic", "Lakeside Vets"),
            ("Input.TimeZone", "America/Chicago"),
            ("Input.Name", "Sam Lee"),
            ("Input.Email", "sam@lakeside.test"),
            ("Input.Password", SignedIn.Password),
            ("Input.Repeated", SignedIn.Password)
        );

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var users = await browser.GetAsync("settings/users", Cancellation);
        Assert.Equal(HttpStatusCode.OK, users.StatusCode);
        using var simulator = await browser.GetAsync("simulator", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, simulator.StatusCode);
    }

    [Fact]
    public async Task A_form_that_has_expired_is_told_so()
    {
        await using var app = await StartAsync();
        using var browser = app.Visitor();
        using var empty = new FormUrlEncodedContent(new Dictionary<string, string>());

        using var answer = await browser.PostAsync("account/sign-in", empty, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            "That form had expired",
            await answer.Content.ReadAsStringAsync(Cancellation)
        );
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_with_https_browsers_are_told_to_stay_there()
    {
        await using var app = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "account/setup");
        request.Headers.Host = "inbox.clinic.example";
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var answer = await app.Http.SendAsync(request, Cancellation);

        Assert.True(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public void Only_named_proxies_and_this_machine_are_trusted()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["TrustedProxies:0"] = "10.0.0.5",
                    ["TrustedProxies:1"] = "172.16.0.0/12",
                }
            )
            .Build();
        using var services = new ServiceCollection()
            .AddForwarding(configuration)
            .BuildServiceProvider();
        var options = services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value;

        Assert.Contains(IPAddress.Parse("10.0.0.5"), options.KnownProxies);
        Assert.Contains(options.KnownIPNetworks, n => n.Contains(IPAddress.Parse("172.18.0.1")));
        Assert.DoesNotContain(options.KnownIPNetworks, n => n.Contains(IPAddress.Parse("8.8.8.8")));
    }

    /// <summary>The app as a clinic runs it: without simulator and demo.</summary>
    internal static async Task<InboxApp> StartAsync()
    {
        using var key = RSA.Create(2048);
        return await InboxApp.StartAsync(
            settings:
            [
                ("environment", "Production"),
                ("Vonage:ApplicationId", Guid.NewGuid().ToString()),
                ("Vonage:PrivateKey", key.ExportPkcs8PrivateKeyPem()),
                ("Vonage:SignatureSecret", Guid.NewGuid().ToString("N")),
                ("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning"),
            ]
        );
    }
}
