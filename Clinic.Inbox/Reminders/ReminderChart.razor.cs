using System.Globalization;
using NodaTime;

namespace Clinic.Inbox.Reminders;

/// <summary>
/// Drawn by hand: MudBlazor's chart says nothing to a screen reader, and its colours are not the theme's two.
/// </summary>
public sealed partial class ReminderChart(ReminderFigures figures, ILogger<ReminderChart> log)
    : IDisposable
{
    private const int WeekWidth = 110;
    private const int Width = WeekWidth * ReminderFigures.Weeks;
    private const int Height = 160;

    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    private static readonly (string Name, string Class, Func<ReminderWeek, int> Of)[] Series =
    [
        ("Sent", "chart-sent", week => week.Sent),
        ("Delivered", "chart-delivered", week => week.Delivered),
        ("Confirmed visits", "chart-confirmed", week => week.Confirmed),
        ("No-shows", "chart-noshow", week => week.NoShows),
    ];

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<ReminderWeek>? _weeks;
    private bool _failed;

    /// <summary>What the highest bar means, at least 4.</summary>
    private int Top => Math.Max(4, _weeks?.Max(week => Series.Max(series => series.Of(week))) ?? 0);

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            _weeks = await figures.WeeksAsync(_gone.Token);
            _failed = false;
        }
        catch (OperationCanceledException)
        {
            // Nobody looks any more.
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            _failed = true;
        }
    }

    private int Y(int value) => Height - 1 - (int)((Height - 12) * (long)value / Top);

    private static string Day(ReminderWeek week) => week.Monday.ToString("MMM d", English);

    [LoggerMessage(LogLevel.Error, "The figures of reminders could not be counted")]
    private partial void LogFailed(Exception failure);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
