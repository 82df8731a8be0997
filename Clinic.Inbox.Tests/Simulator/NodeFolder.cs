using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>
/// A temporary folder with Vonage's Node SDK in it, installed from npm by the lock file beside these tests. Where that
/// can't be had the test is skipped, with the reason.
/// </summary>
internal sealed class NodeFolder : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly DirectoryInfo _folder;

    private NodeFolder(DirectoryInfo folder) => _folder = folder;

    public static async Task<NodeFolder> InstallAsync()
    {
        var folder = new NodeFolder(Directory.CreateTempSubdirectory("inbox-node"));
        foreach (
            var file in Directory.GetFiles(
                Path.Combine(AppContext.BaseDirectory, "Simulator", "node")
            )
        )
        {
            File.Copy(file, Path.Combine(folder._folder.FullName, Path.GetFileName(file)));
        }
        var (problem, _) = await folder.StartAsync(
            OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
            ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"],
            input: ""
        );
        if (problem is not null)
        {
            await folder.DisposeAsync();
            Assert.Skip("Vonage's Node SDK could not be installed: " + problem);
        }
        return folder;
    }

    /// <summary>Runs a script with <paramref name="orders"/> on its standard input; its output, read as JSON.</summary>
    public async Task<JsonElement> RunAsync(string script, object orders)
    {
        var (problem, output) = await StartAsync(
            "node",
            [script],
            JsonSerializer.Serialize(orders)
        );
        Assert.True(problem is null, problem);
        using var json = JsonDocument.Parse(output);
        return json.RootElement.Clone();
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<(string? Problem, string Output)> StartAsync(
        string program,
        string[] arguments,
        string input
    )
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.FullName,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return ($"{program} is not installed.", "");
        }
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        limited.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limited.Token);
            var errors = process.StandardError.ReadToEndAsync(limited.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limited.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limited.Token);
            var problem = process.ExitCode == 0 ? null : Shorten(await errors);
            return (problem, await output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return ($"{program} did not end within {Patience.TotalMinutes:0} minutes.", "");
        }
    }

    private static string Shorten(string errors) =>
        errors.Length <= 1_000 ? errors : errors[..1_000] + "…";
}
