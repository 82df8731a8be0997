using System.Diagnostics;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Tests.Operations;

/// <summary>The audit of dependencies never passes in silence where it could not look.</summary>
public sealed class AuditScriptTests : IDisposable
{
    private const string Nothing =
        "The given project `Clinic.Inbox` has no vulnerable packages given the current sources.";

    private const string Something =
        "Project `Clinic.Inbox` has the following vulnerable packages\n   [net10.0]:\n   > Some.Package   1.0.0   1.0.0   High   https://github.com/advisories/GHSA-xxxx";

    private const string OldRuntime =
        "Microsoft.AspNetCore.App 10.0.9 [/usr/share/dotnet/shared/Microsoft.AspNetCore.App]";

    private const string NewRuntime =
        "Microsoft.AspNetCore.App 10.0.13 [/usr/share/dotnet/shared/Microsoft.AspNetCore.App]";

    private const string Sources =
        "The following sources were used:\n   https://packages.test/v3/index.json\n";

    private readonly DirectoryInfo _tools = Directory.CreateTempSubdirectory("inbox-audit");

    [Theory]
    [InlineData(Something, 0, "{}", 1, "Some.Package")]
    [InlineData(
        Nothing,
        0,
        """{"@type": "VulnerabilityInfo/6.7.0"}""",
        0,
        "No dependency is known"
    )]
    [InlineData(Nothing, 0, """{"@type": "PackageBaseAddress/3.0.0"}""", 0, "were not audited")]
    [InlineData("error: Unable to load the service index", 1, "{}", 0, "were not audited")]
    [InlineData("", 0, """{"@type": "VulnerabilityInfo/6.7.0"}""", 0, "were not audited")]
    [InlineData(OldRuntime, 0, "{}", 0, "it must be 10.0.13 or newer")]
    [InlineData(NewRuntime, 0, "{}", 0, "Runtime: ASP.NET Core 10.0.13.")]
    public async Task It_fails_on_a_known_hole_and_says_when_it_could_not_look(
        string report,
        int exit,
        string index,
        int expected,
        string says
    )
    {
        await ToolAsync("dotnet", $"cat <<'END'\n{Sources}{report}\nEND\nexit {exit}");
        await ToolAsync("curl", $"cat <<'END'\n{index}\nEND");
        var start = new ProcessStartInfo("bash")
        {
            ArgumentList = { Path.Combine(ContentRoot.Find(), "audit.sh") },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] =
            _tools.FullName + ":" + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var said = process.StandardOutput.ReadToEndAsync(cancellation);
        var complained = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);

        Assert.Equal(expected, process.ExitCode);
        Assert.Contains(says, await said + complained, StringComparison.Ordinal);
    }

    private async Task ToolAsync(string name, string script)
    {
        var path = Path.Combine(_tools.FullName, name);
        await File.WriteAllTextAsync(
            path,
            "#!/bin/bash\n" + script + "\n",
            TestContext.Current.CancellationToken
        );
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                path,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }
    }

    public void Dispose() => _tools.Delete(recursive: true);
}
