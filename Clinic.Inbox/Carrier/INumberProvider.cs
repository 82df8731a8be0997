namespace Clinic.Inbox.Carrier;

/// <summary>
/// Virtual numbers: look for them, rent one, link it to our application, give it back. The carrier's API has no
/// idempotency key, so <see cref="BuyAsync"/> makes exactly one attempt; whoever gets no answer looks whether the number
/// is owned before anything else.
/// </summary>
public interface INumberProvider
{
    /// <summary>Why no number can be had here, in plain words with what to do; null: all is set.</summary>
    string? Missing { get; }

    /// <summary>Numbers that can be rented and carry SMS.</summary>
    Task<NumberAnswer<IReadOnlyList<OfferedNumber>>> SearchAsync(
        NumberQuery query,
        CancellationToken cancellation
    );

    /// <summary>The number if it is on our account already; null: it is not.</summary>
    /// <param name="number">E.164 digits without <c>+</c>.</param>
    Task<NumberAnswer<OwnedNumber?>> FindOwnedAsync(string number, CancellationToken cancellation);

    /// <summary>Rents it: costs money from now on.</summary>
    Task<NumberDeed> BuyAsync(string country, string number, CancellationToken cancellation);

    /// <summary>Makes our application the one that its texts come to. May be repeated.</summary>
    Task<NumberDeed> LinkAsync(string country, string number, CancellationToken cancellation);

    /// <summary>Gives it back for good.</summary>
    Task<NumberDeed> ReleaseAsync(string country, string number, CancellationToken cancellation);
}

/// <summary>Which numbers are looked for.</summary>
/// <param name="Country">ISO 3166, two letters.</param>
/// <param name="StartsWith">Digits with the country code that it begins with: 1312 for Chicago.</param>
/// <param name="Most">At most so many, 1 to 100.</param>
public sealed record NumberQuery(string Country, string StartsWith, int Most);

/// <summary>A number for rent.</summary>
/// <param name="Number">E.164 digits without <c>+</c>.</param>
/// <param name="Type">As Vonage names it: mobile-lvn, landline, landline-toll-free.</param>
/// <param name="MonthlyCost">What the carrier asks a month, in <see cref="Currency"/>; null when it did not say.</param>
/// <param name="Pictures">Carries MMS.</param>
public sealed record OfferedNumber(
    string Number,
    string Country,
    string Type,
    decimal? MonthlyCost,
    bool Pictures
)
{
    /// <summary>Vonage's Numbers API quotes rents in euros whatever the account is charged in.</summary>
    public const string Currency = "EUR";
}

/// <summary>A number on our account.</summary>
/// <param name="ApplicationId">Which application its texts go to; null: none.</param>
public sealed record OwnedNumber(string Number, string Country, string Type, string? ApplicationId);

/// <summary>The answer to a question.</summary>
/// <param name="Value">What was asked for; without meaning when there is a problem.</param>
/// <param name="Problem">Why there is no answer, in plain words with what to do; null: there is one.</param>
public sealed record NumberAnswer<T>(T Value, string? Problem)
{
    internal static NumberAnswer<T> Of(T value) => new(value, Problem: null);

    internal static NumberAnswer<T> Failed(string problem) => new(default!, problem);
}

/// <summary>What is known after one attempt to change something.</summary>
public abstract record NumberDeed
{
    public sealed record Done : NumberDeed;

    /// <summary>The carrier said no: nothing was changed.</summary>
    /// <param name="Problem">In plain words, with what to do.</param>
    public sealed record Refused(string Problem) : NumberDeed;

    /// <summary>No clear answer came: nobody knows.</summary>
    public sealed record Unconfirmed(string Problem) : NumberDeed;
}
