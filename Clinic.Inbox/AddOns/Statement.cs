using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.AddOns;

/// <summary>A closed month: what was texted and what it costs. Written once, never changed.</summary>
public sealed class Statement
{
    private readonly List<StatementLine> _lines = [];

    private Statement() { }

    public Statement(Id<Statement> id, UsageReport report, DateTimeOffset at)
    {
        Id = id;
        Month = report.Month;
        From = report.From;
        To = report.To;
        Clinic = report.Clinic;
        TimeZone = report.TimeZone;
        TwoWayFee = report.TwoWayFee;
        OneWayFee = report.OneWayFee;
        Fee = report.Fee;
        Currency = AddOnPrices.Currency;
        Messages = report.Messages;
        Segments = report.Segments;
        ClosedAt = at;
        _lines.AddRange(report.Lines.Select((line, i) => new StatementLine(id, i, line)));
    }

    public Id<Statement> Id { get; private set; }

    /// <summary><c>2026-11</c>; unique.</summary>
    public string Month { get; private set; } = "";
    public DateTimeOffset From { get; private set; }
    public DateTimeOffset To { get; private set; }

    /// <summary>The clinic's name as it was then.</summary>
    public string Clinic { get; private set; } = "";
    public string TimeZone { get; private set; } = "";
    public decimal TwoWayFee { get; private set; }
    public decimal OneWayFee { get; private set; }

    /// <summary>All fees, in <see cref="Currency"/>.</summary>
    public decimal Fee { get; private set; }
    public string Currency { get; private set; } = "";
    public int Messages { get; private set; }
    public int Segments { get; private set; }
    public DateTimeOffset ClosedAt { get; private set; }

    public IReadOnlyList<StatementLine> Lines => _lines;

    /// <summary>What pages, files and the API show.</summary>
    public UsageReport Report() =>
        new(
            Month,
            From,
            To,
            Clinic,
            TimeZone,
            TwoWayFee,
            [.. _lines.OrderBy(l => l.Position).Select(l => l.Line())],
            ClosedAt
        );
}

/// <summary>The texts of one direction and kind in a closed month.</summary>
public sealed class StatementLine
{
    private StatementLine() { }

    internal StatementLine(Id<Statement> statementId, int position, UsageLine line)
    {
        StatementId = statementId;
        Position = position;
        Direction = line.Direction;
        Kind = line.Kind;
        Messages = line.Messages;
        Segments = line.Segments;
        OneWay = line.OneWay;
        Fee = line.Fee;
        Cost = line.Cost;
        CostCurrency = line.CostCurrency;
        Priced = line.Priced;
    }

    public Id<Statement> StatementId { get; private set; }
    public int Position { get; private set; }
    public MessageDirection Direction { get; private set; }
    public MessageKind Kind { get; private set; }
    public int Messages { get; private set; }
    public int Segments { get; private set; }
    public int OneWay { get; private set; }

    /// <summary>At the price of then.</summary>
    public decimal Fee { get; private set; }
    public decimal? Cost { get; private set; }
    public string? CostCurrency { get; private set; }
    public int Priced { get; private set; }

    internal UsageLine Line() =>
        new(Direction, Kind, Messages, Segments, OneWay, Fee, Cost, CostCurrency, Priced);
}
