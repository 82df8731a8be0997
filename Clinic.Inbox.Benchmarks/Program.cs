using System.Globalization;
using Clinic.Inbox.Benchmarks;
using Clinic.Inbox.Benchmarks.Live;
using Clinic.Inbox.Benchmarks.Start;

// One command runs everything; a name runs one.
string[] all = ["intake", "pixel", "reminders", "sessions", "size", "live", "replay", "start"];
if (args is [LiveServer.Command, var folder, var users])
{
    await LiveServer.RunAsync(folder, int.Parse(users, CultureInfo.InvariantCulture));
    return 0;
}
foreach (var name in args.Length == 0 ? all : args)
{
    switch (name)
    {
        case "intake":
            await IntakeBenchmark.RunAsync();
            break;
        case "pixel":
            await PixelBenchmark.RunAsync();
            break;
        case "reminders":
            await RemindersBenchmark.RunAsync();
            break;
        case "sessions":
            await SessionsBenchmark.RunAsync();
            break;
        case "size":
            await SizeBenchmark.RunAsync();
            break;
        case "live":
            await LiveBenchmark.RunAsync(screens: 500);
            break;
        case "replay":
            await ReplayBenchmark.RunAsync();
            break;
        case "start":
            await StartBenchmark.RunAsync();
            break;
        default:
            await Console.Error.WriteLineAsync(
                $"There is no benchmark '{name}'. There are: {string.Join(", ", all)}."
            );
            return 2;
    }
}
return 0;
