using Clinic.Inbox.Benchmarks;

// One command runs everything; a name runs one: intake, pixel.
var wanted = args.Length == 0 ? ["intake", "pixel"] : args;
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
        default:
            await Console.Error.WriteLineAsync(
                $"There is no benchmark '{name}'. There are: intake, pixel."
            );
            return 2;
    }
}
return 0;
