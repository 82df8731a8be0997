using System.Diagnostics.Metrics;

namespace Clinic.Inbox.Data;

/// <summary>How the one pen keeps up; meter <c>Clinic.Inbox</c>.</summary>
public sealed class WriterMetrics
{
    private readonly Histogram<int> _batch;
    private readonly Histogram<double> _commit;

    public WriterMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Clinic.Inbox");
        _batch = meter.CreateHistogram(
            "clinic.writer.batch",
            unit: "{job}",
            description: "Pieces of work in one transaction.",
            advice: new InstrumentAdvice<int>
            {
                HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256],
            }
        );
        _commit = meter.CreateHistogram(
            "clinic.writer.commit.duration",
            unit: "s",
            description: "Time from a transaction's begin to its durable commit.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                [
                    0.0005,
                    0.001,
                    0.0025,
                    0.005,
                    0.01,
                    0.025,
                    0.05,
                    0.1,
                    0.25,
                    1,
                    5,
                ],
            }
        );
    }

    internal void Committed(int jobs, TimeSpan duration)
    {
        _batch.Record(jobs);
        _commit.Record(duration.TotalSeconds);
    }
}
