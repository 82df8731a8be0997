using Clinic.Inbox.Templates;
using CsCheck;

namespace Clinic.Inbox.Tests.Templates;

public sealed class TemplateTextTests
{
    private const TemplateKind Reminder = TemplateKind.AppointmentReminder;

    public static TheoryData<TemplateKind> Kinds => [.. Enum.GetValues<TemplateKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_default_is_a_valid_template_that_fits(TemplateKind kind)
    {
        var info = TemplateInfo.Of(kind);
        Assert.Equal(kind, info.Kind);

        var template = Parse(kind, info.DefaultText);

        var text = template.Render(TemplateVariables.Examples(kind));
        Assert.InRange(text.Length, 20, 320);
        Assert.DoesNotContain("{", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_conditions_and_filters_are_written_as_people_expect()
    {
        var template = Parse(
            Reminder,
            "Hi {{ client.first_name | default: \"there\" }}, {{ patient.name | upcase }}{% if appointment.confirmed %} (confirmed){% else %}: reply C{% endif %}"
        );

        Assert.Equal(
            "Hi Ana, BELLA: reply C",
            template.Render(Values(("client.first_name", "Ana"), ("patient.name", "Bella")))
        );
        Assert.Equal(
            "Hi there, BELLA (confirmed)",
            template.Render(Values(("patient.name", "Bella"), ("appointment.confirmed", "yes")))
        );
    }

    [Theory]
    [InlineData("Hi {{ client.nickname }}", 1, 7, "no variable 'client.nickname'")]
    [InlineData("Hi {{ client.frist_name }}", 1, 7, "Did you mean client.first_name?")]
    [InlineData(
        "Hi\nthere {{ reminder.name }}",
        2,
        10,
        "can't be used in the Appointment Reminder"
    )]
    [InlineData("Hi {{ client.name", 1, 18, "not closed")]
    [InlineData("{% for i in (1..1000000000) %}x{% endfor %}", 1, 4, "Unknown tag 'for'")]
    [InlineData("{% assign a = 'b' %}{{ a }}", 1, 4, "Unknown tag 'assign'")]
    [InlineData("{% include 'x' %}", 1, 4, "Unknown tag 'include'")]
    [InlineData(
        "{{ client.name | replace: 'a', 'aaaaaaaaaa' }}",
        1,
        18,
        "filter 'replace' can't be used"
    )]
    [InlineData("{{ client['name'] }}", 1, 4, "Only variables of the list")]
    [InlineData("Hi <script>alert(1)</script>", 1, 4, "Texts are plain")]
    [InlineData("{% if client.name %}x", 1, 22, "")]
    [InlineData("   ", 1, 1, "Write a text.")]
    [InlineData(
        "{% if appointment.confirmed %}only then{% endif %}",
        1,
        1,
        "nothing would be sent"
    )]
    public void A_mistake_is_named_at_its_place(string source, int line, int column, string message)
    {
        Assert.False(TemplateText.TryParse(Reminder, source, out var none, out var problems));

        Assert.Null(none);
        var problem = problems[0];
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (problem.Line, problem.Column));
    }

    [Fact]
    public void Every_unknown_variable_is_named_not_only_the_first()
    {
        Assert.False(
            TemplateText.TryParse(
                Reminder,
                "{{ a.b }} {{ client.name }}\n{{ c.d }} {{ a.b }}",
                out _,
                out var problems
            )
        );

        Assert.Equal([(1, 4), (2, 4), (2, 14)], problems.Select(p => (p.Line, p.Column)));
    }

    [Fact]
    public void A_template_that_is_too_long_is_refused_where_it_gets_too_long()
    {
        Assert.False(
            TemplateText.TryParse(Reminder, new string('x', 20_000), out _, out var problems)
        );

        Assert.Equal(1_001, Assert.Single(problems).Column);
    }

    [Fact]
    public void The_first_text_must_go_on_naming_the_clinic_and_how_to_stop()
    {
        Assert.False(
            TemplateText.TryParse(
                TemplateKind.FirstMessageSuffix,
                "Reply HELP for help.",
                out _,
                out var problems
            )
        );

        Assert.Equal(2, problems.Count);
        Assert.All(
            problems,
            p => Assert.Contains("must contain", p.Message, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("{{7*7}}")]
    [InlineData("{{ clinic.name }}{% if %}")]
    [InlineData("@(1+1) <script>")]
    [InlineData("Ana\r\nReply STOP\0")]
    public void What_a_client_is_called_is_never_read_as_template(string name)
    {
        var template = Parse(Reminder, "[{{ client.first_name }}]");

        var text = template.Render(Values(("client.first_name", name)));

        Assert.Equal(
            $"[{string.Join(' ', name.Split(['\r', '\n', '\0', ' '], StringSplitOptions.RemoveEmptyEntries))}]",
            text
        );
    }

    [Fact]
    public void A_text_that_would_be_too_long_for_these_values_is_cut_at_a_sentence()
    {
        var template = Parse(Reminder, "{{ client.first_name }}");

        var text = template.Render(
            Values(("client.first_name", string.Concat(Enumerable.Repeat("Wow. ", 600))))
        );

        Assert.InRange(text.Length, 500, TemplateText.LongestOutput);
        Assert.EndsWith(".", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_typed_is_answered_and_never_breaks() =>
        Gen.OneOfConst(
                "{{",
                "}}",
                "{%",
                "%}",
                " if ",
                " endif ",
                "client.name",
                "|",
                " default: ",
                "\"",
                "'",
                "(",
                "..",
                "é\ud83d",
                "\n",
                "unless",
                "case",
                "when",
                "[0]"
            )
            .Array[0, 30]
            .Sample(
                parts =>
                {
                    var source = string.Concat(parts);
                    if (TemplateText.TryParse(Reminder, source, out var template, out var problems))
                    {
                        Assert.NotNull(template.Render(TemplateVariables.Examples(Reminder)));
                    }
                    else
                    {
                        Assert.NotEmpty(problems);
                        Assert.All(problems, p => Assert.True(p is { Line: > 0, Column: > 0 }));
                    }
                },
                iter: 5_000
            );

    private static TemplateText Parse(TemplateKind kind, string source)
    {
        var parsed = TemplateText.TryParse(kind, source, out var template, out var problems);
        Assert.True(parsed, string.Join('\n', problems));
        return template!;
    }

    private static Dictionary<string, string> Values(params (string Name, string Value)[] values) =>
        values.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
}
