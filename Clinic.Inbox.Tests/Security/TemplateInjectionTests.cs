using Clinic.Inbox.Tests.Fixtures;
using Clinic.Inbox.Tests.Reminders;
using NodaTime;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Names that are templates, all the way to the carrier. What somebody may write into a template, and that values are never
/// read again, is in TemplateBookTests and TemplateTextTests.
/// </summary>
public sealed class TemplateInjectionTests
{
    [Theory]
    [InlineData("{{7*7}}")]
    [InlineData("{{ clinic.name }}")]
    [InlineData("{% if true %}49{% endif %}")]
    [InlineData("{{ client.first_name }}{{ client.first_name }}")]
    [InlineData("${7*7} #{7*7} @(7*7)")]
    [InlineData("<%= 7*7 %>")]
    public async Task A_name_that_is_a_template_reaches_the_phone_as_it_is(string name)
    {
        await using var walk = Walk.On(DatabaseKind.Sqlite);
        var practice = await Practice.OpenAsync(walk);
        var (ana, bella) = await practice.ClientAsync(patient: name);

        await practice.BookAsync(ana, bella, practice.Next(IsoDayOfWeek.Friday, 15), confirm: true);
        practice.Ring();
        await practice.Phone.UntilCarriedAsync(1);

        Assert.Contains(name, practice.Phone.Carried[0].Text, StringComparison.Ordinal);
    }
}
