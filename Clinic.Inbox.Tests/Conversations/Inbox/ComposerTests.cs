using Bunit;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Conversations.Inbox;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Tests.Conversations.Inbox;

public sealed class ComposerTests : InboxParts
{
    private const string Suffix =
        "Our clinic. Msg & data rates may apply. Reply HELP for help, STOP to opt out.";

    private readonly List<string> _sent = [];
    private readonly TaskCompletionSource<string?> _answer = new();

    [Fact]
    public async Task A_text_that_is_handed_over_twice_is_sent_once()
    {
        var composer = Compose();

        var first = composer.InvokeAsync(() => composer.Instance.SendAsync("key", "Hello"));
        var second = composer.InvokeAsync(() => composer.Instance.SendAsync("key", "Hello"));
        _answer.SetResult(null);

        Assert.True((await first).Taken);
        Assert.True((await second).Taken);
        Assert.Equal(["Hello"], _sent);
    }

    [Fact]
    public async Task An_empty_text_is_not_handed_over()
    {
        var composer = Compose();

        var answer = await composer.InvokeAsync(() => composer.Instance.SendAsync("key", "  \n"));

        Assert.True(answer.Taken);
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task A_refused_text_goes_back_with_its_reason()
    {
        var composer = Compose();
        _answer.SetResult("This number opted out.");

        var answer = await composer.InvokeAsync(() => composer.Instance.SendAsync("key", "Hello"));

        Assert.False(answer.Taken);
        Assert.Contains(
            "This number opted out.",
            composer.Find("[role=alert]").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task After_a_lost_page_a_text_that_stands_in_the_thread_is_not_sent_again()
    {
        var composer = Compose(sent: true);

        var answer = await composer.InvokeAsync(() =>
            composer.Instance.SendUnlessSentAsync("key", "Hello", since: 0)
        );

        Assert.True(answer.Taken);
        Assert.Empty(_sent);
    }

    [Fact]
    public void The_counter_counts_what_will_be_appended()
    {
        var alone = Count("Hello");
        var withSuffix = Count(new string('a', 100), suffix: Suffix);

        Assert.Contains("5 characters · 1 segment", alone, StringComparison.Ordinal);
        Assert.Contains("GSM-7", alone, StringComparison.Ordinal);
        Assert.Contains("100 characters · 2 segments", withSuffix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(149, null)]
    [InlineData(150, "10 left before segment 2")]
    [InlineData(160, "The next character costs segment 2")]
    [InlineData(161, null)]
    public void The_counter_warns_before_a_text_costs_another_segment(int length, string? warning)
    {
        var counter = Render<TextCounter>(p =>
            p.Add(c => c.Text, new string('a', length)).Add(c => c.Length, length)
        );

        Assert.Equal(warning, counter.FindAll(".counter-warn").SingleOrDefault()?.TextContent);
    }

    [Fact]
    public void The_counter_points_at_what_makes_the_text_dear_and_offers_its_twin()
    {
        SmsCulprit? pointed = null;
        var text = "It\u2019s ready";
        var counter = Render<TextCounter>(p =>
            p.Add(c => c.Text, text)
                .Add(c => c.Length, text.Length)
                .Add(c => c.OnPoint, culprit => pointed = culprit)
        );

        counter.Find(".counter-show").Click();

        Assert.Equal(2, pointed?.Position);
        Assert.Equal("Use ': 1 segment", counter.Find(".counter-plain").TextContent);
    }

    [Fact]
    public void A_dose_is_never_offered_another_spelling()
    {
        var counter = Render<TextCounter>(p =>
            p.Add(c => c.Text, "Give 1½ tablets").Add(c => c.Length, 15)
        );

        Assert.NotEmpty(counter.FindAll(".counter-show"));
        Assert.Empty(counter.FindAll(".counter-plain"));
    }

    [Fact]
    public void A_text_over_the_limit_says_how_long_it_is()
    {
        var counter = Render<TextCounter>(p =>
            p.Add(c => c.Text, new string('a', 2000)).Add(c => c.Length, 20_000)
        );

        Assert.Contains(
            "20,000 of 1,000 characters",
            counter.Find(".counter-over").TextContent,
            StringComparison.Ordinal
        );
    }

    private string Count(string text, string? suffix = null) =>
        Render<TextCounter>(p =>
                p.Add(c => c.Text, text).Add(c => c.Length, text.Length).Add(c => c.Suffix, suffix)
            )
            .Find(".counter")
            .TextContent;

    private IRenderedComponent<Composer> Compose(bool sent = false) =>
        Render<Composer>(p =>
            p.Add(c => c.ConversationId, Id<Conversation>.New(Some.Noon))
                .Add(c => c.Name, "Ana Ruiz")
                .Add(c => c.Sent, (_, _) => sent)
                .Add(
                    c => c.Send,
                    (_, text, _) =>
                    {
                        _sent.Add(text);
                        return _answer.Task;
                    }
                )
        );
}
