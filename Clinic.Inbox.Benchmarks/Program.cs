using Clinic.Inbox.Benchmarks;

// One command runs everything; a name runs one: intake, pixel, reminders, size.
var wanted = args.Length == 0 ? ["intake", "pixel", "reminders", "size"] : args;
foreach (var name in wanted)
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
        case "size":
            await SizeBenchmark.RunAsync();
            break;
        default:
            await Console.Error.WriteLineAsync(
                $"There is no benchmark '{name}'. There are: intake, pixel, reminders, size."
            );
            return 2;
    }
}
return 0;
