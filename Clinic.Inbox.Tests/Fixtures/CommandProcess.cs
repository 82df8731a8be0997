using System.Diagnostics;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>A command of the app in a process of its own, as an operator runs it: in Production, and without a carrier.</summary>
internal static class CommandProcess
{
    /// <returns>The exit code, and all that it said.</returns>
    public static async Task<(int Exit, string Said)> RunAsync(
        IEnumerable<(string Key, string Value)> settings,
        params string[] words
    )
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Clinic.Inbox.dll") },
        };
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }
        start.ArgumentList.Add("--environment=Production");
        foreach (var (key, value) in settings)
        {
            start.ArgumentList.Add($"--{key}={value}");
        }
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var said = process.StandardOutput.ReadToEndAsync(patience.Token);
        var complained = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await said + await complained);
    }
}
