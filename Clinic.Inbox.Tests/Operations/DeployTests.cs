using System.Text.RegularExpressions;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Data;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Extensions.Options;

namespace Clinic.Inbox.Tests.Operations;

/// <summary>What lies in deploy/ fits the product: no tool is here that could try it, so its words are looked at.</summary>
public sealed class DeployTests
{
    private static readonly string Compose = Read("deploy/compose.yaml");

    private static readonly string Unit = Read("deploy/clinic-inbox.service");

    [Fact]
    public void Whatever_the_files_set_is_a_setting_that_the_readme_names()
    {
        var known = Regex
            .Matches(
                Read("README.md"),
                "`(?<name>[A-Z][A-Za-z]+(?::[A-Za-z]+)?)`",
                RegexOptions.ExplicitCapture,
                Patience
            )
            .Select(m => m.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);
        var set = Regex
            .Matches(
                Compose + Unit,
                @"(?<![\w.])(?<name>[A-Z][a-zA-Z]+__[A-Za-z]+)|^\s+(?<name>PublicUrl|Redis):",
                RegexOptions.Multiline | RegexOptions.ExplicitCapture,
                Patience
            )
            .Select(m => m.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .ToList();

        Assert.Contains("Vonage:SignatureSecret", set);
        Assert.Contains("ConnectionStrings:Inbox", set);
        Assert.Contains("Secrets:Path", set);
        Assert.Empty(set.Except(known, StringComparer.Ordinal));
    }

    [Fact]
    public void Two_nodes_share_database_redis_and_files_behind_a_proxy_that_keeps_a_browser_on_its_node()
    {
        var caddy = Read("deploy/Caddyfile");

        Assert.Matches(@"(?m)^  node1: \*node$", Compose);
        Assert.Matches(@"(?m)^  node2: \*node$", Compose);
        Assert.Contains("Database__Provider: Postgres", Compose, StringComparison.Ordinal);
        Assert.Contains("attachments:/data/attachments", Compose, StringComparison.Ordinal);
        foreach (var service in (string[])["&node", "postgres:", "redis:", "proxy:"])
        {
            var block = Block(service);
            Assert.Contains("healthcheck:", block, StringComparison.Ordinal);
            Assert.Contains("restart: unless-stopped", block, StringComparison.Ordinal);
        }
        // Only the proxy is reached from outside.
        Assert.Single(Regex.Matches(Compose, @"(?m)^    ports:", RegexOptions.None, Patience));
        Assert.Contains("reverse_proxy node1:8080 node2:8080", caddy, StringComparison.Ordinal);
        Assert.Contains("lb_policy cookie", caddy, StringComparison.Ordinal);
        Assert.Contains("/metrics /health/*", caddy, StringComparison.Ordinal);
        // What the proxy says of who came is believed, and it comes from there.
        var subnet = Regex.Match(
            Compose,
            @"subnet: (?<name>[\d./]+)",
            RegexOptions.ExplicitCapture,
            Patience
        );
        Assert.Contains(
            "TrustedProxies__0: " + subnet.Groups["name"].Value,
            Compose,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void No_secret_stands_in_a_file_that_is_kept()
    {
        Assert.DoesNotMatch(@"(?i)password\s*[:=]\s*[^\s$/]{4,}", WithoutPaths(Compose));
        var secrets = Regex
            .Matches(
                Compose,
                @"file: \./secrets/(?<name>\w+)",
                RegexOptions.ExplicitCapture,
                Patience
            )
            .Select(m => m.Groups["name"].Value);
        var made = Read("deploy/make-secrets.sh");
        Assert.All(secrets, name => Assert.Contains(name, made, StringComparison.Ordinal));
        Assert.Equal("*\n!.gitignore\n", Read("deploy/secrets/.gitignore"));
    }

    [Fact]
    public void Neither_the_image_nor_the_unit_runs_as_root()
    {
        var image = Read("deploy/Dockerfile");
        var last = image[image.LastIndexOf("FROM ", StringComparison.Ordinal)..];
        Assert.Contains("\nUSER $APP_UID\n", last, StringComparison.Ordinal);
        Assert.Contains("aspnet:10.0", last, StringComparison.Ordinal);
        foreach (
            var line in (string[])
                [
                    "User=clinic-inbox",
                    "NoNewPrivileges=true",
                    "ProtectSystem=strict",
                    "ProtectHome=true",
                    "PrivateTmp=true",
                    "CapabilityBoundingSet=",
                    "StateDirectory=clinic-inbox",
                    "Restart=always",
                    "WantedBy=multi-user.target",
                ]
        )
        {
            Assert.Contains($"\n{line}\n", Unit, StringComparison.Ordinal);
        }
        // .NET compiles as it runs: with it, nothing starts.
        Assert.DoesNotContain("\nMemoryDenyWriteExecute=true", Unit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_may_be_a_file_of_its_name()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-secrets");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "Vonage__SignatureSecret"),
            "from a file, with a line end\n",
            TestContext.Current.CancellationToken
        );

        await using (
            var app = await InboxApp.StartAsync(settings: ("Secrets:Path", folder.FullName))
        )
        {
            Assert.Equal(
                "from a file, with a line end",
                app.Get<IOptionsMonitor<VonageOptions>>().CurrentValue.SignatureSecret
            );
            using var answer = await app.ReceiveAsync("14155550134", "Hello");
            Assert.True(answer.IsSuccessStatusCode);
        }
        folder.Delete(recursive: true);
    }

    private static TimeSpan Patience => TimeSpan.FromSeconds(10);

    private static string Read(string path) =>
        File.ReadAllText(Path.Combine(ContentRoot.Find(), path));

    private static string WithoutPaths(string text) =>
        Regex.Replace(text, @"/run/secrets/\w+|\./secrets/\w+", "", RegexOptions.None, Patience);

    /// <summary>From a service's name to the next line that is no deeper.</summary>
    private static string Block(string name)
    {
        var lines = Compose.Split('\n');
        var first = Array.FindIndex(
            lines,
            line =>
                line.TrimEnd().EndsWith(name, StringComparison.Ordinal) && line[..2] is "  " or "x-"
        );
        Assert.True(first >= 0, name);
        var depth = Depth(lines[first]);
        return string.Join(
            '\n',
            lines
                .Skip(first + 1)
                .TakeWhile(line =>
                    line.Length == 0 || line.TrimStart()[0] == '#' || Depth(line) > depth
                )
        );
    }

    private static int Depth(string line) => line.Length - line.TrimStart().Length;
}
