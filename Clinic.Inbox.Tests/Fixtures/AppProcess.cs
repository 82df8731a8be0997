using System.Diagnostics;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>The app in a process of its own, on the database and carrier of a <see cref="Walk"/>: one that can be killed.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly Process _process;

    private AppProcess(Process process) => _process = process;

    public static AppProcess Start(Walk walk)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "Clinic.Inbox.dll"),
                "--environment=Development",
                "--urls=http://127.0.0.1:0",
                "--Demo:Enabled=false",
                "--Storage:Path=" + Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
                "--Email:Folder=" + Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            },
        };
        foreach (var (key, value) in walk.Settings!)
        {
            start.ArgumentList.Add($"--{key}={value}");
        }
        var process = Process.Start(start)!;
        // Read and dropped, or a full pipe would stop it.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new AppProcess(process);
    }

    /// <summary>Kills it as <c>kill -9</c> does and waits until it is gone.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }
        _process.Dispose();
    }
}
