using Clinic.Inbox.Conversations;
using Microsoft.Extensions.Time.Testing;

namespace Clinic.Inbox.Tests.Conversations;

/// <summary>How long a line keeps still.</summary>
public sealed class LinePauseTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void It_backs_off_by_doubling_up_to_a_minute()
    {
        var pause = new LinePause(_clock);
        var waits = new List<double>();

        for (var i = 0; i < 8; i++)
        {
            pause.After(TimeSpan.Zero);
            waits.Add(pause.Left.TotalSeconds);
            _clock.Advance(pause.Left);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits);
    }

    [Fact]
    public void Attempts_that_fail_together_count_once()
    {
        var pause = new LinePause(_clock);

        for (var i = 0; i < 4; i++)
        {
            pause.After(TimeSpan.Zero);
        }

        Assert.Equal(TimeSpan.FromSeconds(1), pause.Left);
    }

    [Fact]
    public void What_the_carrier_says_is_kept_against_a_shorter_wait()
    {
        var pause = new LinePause(_clock);

        pause.After(TimeSpan.FromSeconds(30));
        pause.After(TimeSpan.FromSeconds(5));
        pause.After(null);

        Assert.Equal(TimeSpan.FromSeconds(30), pause.Left);
    }

    [Fact]
    public void A_success_ends_the_backing_off()
    {
        var pause = new LinePause(_clock);
        pause.After(TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromSeconds(1));
        pause.After(TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromSeconds(2));

        pause.After(null);
        pause.After(TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromSeconds(1), pause.Left);
    }

    [Theory]
    [InlineData(86_400)]
    [InlineData(99_999_999_999)]
    public void A_desk_is_never_silenced_for_a_day(long seconds)
    {
        var pause = new LinePause(_clock);

        pause.After(TimeSpan.FromSeconds(seconds));

        Assert.Equal(TimeSpan.FromMinutes(15), pause.Left);
    }
}
