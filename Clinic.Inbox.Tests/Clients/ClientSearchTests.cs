using Clinic.Inbox.Clients;

namespace Clinic.Inbox.Tests.Clients;

public sealed class ClientSearchTests(ClinicFixture clinic) : IClassFixture<ClinicFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ana ruiz")]
    [InlineData("RUIZ ana")]
    [InlineData("rui")]
    [InlineData("(415) 555-77")]
    [InlineData("5557731")]
    [InlineData("1 415 555 7731")]
    [InlineData("ana 7731")]
    [InlineData("ana.r@exam")]
    [InlineData("biscuit")]
    public async Task A_client_is_found_by_what_somebody_remembers(string text)
    {
        await SeedAsync();

        var page = await clinic.Clients.SearchAsync(text, after: null, 10, Token);

        Assert.Equal("Ana Ruiz", Assert.Single(page.Clients).FullName);
    }

    [Theory]
    [InlineData("ana petrov")]
    [InlineData("99999999")]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("'; DROP TABLE Clients; --")]
    public async Task What_nobody_has_finds_nobody(string text)
    {
        await SeedAsync();

        Assert.Empty((await clinic.Clients.SearchAsync(text, after: null, 10, Token)).Clients);
    }

    [Fact]
    public async Task A_name_with_letters_beyond_ascii_is_found_in_small_letters()
    {
        await SeedAsync();

        var page = await clinic.Clients.SearchAsync("özgür", after: null, 10, Token);

        Assert.Equal("Özgür Ümit", Assert.Single(page.Clients).FullName);
    }

    [Theory]
    [InlineData("ozgur")]
    [InlineData("ÖZG umi")]
    public async Task Accents_and_the_rest_of_a_word_need_not_be_typed(string text)
    {
        await SeedAsync();

        var page = await clinic.Clients.SearchAsync(text, after: null, 10, Token);

        Assert.Equal("Özgür Ümit", Assert.Single(page.Clients).FullName);
    }

    [Fact]
    public async Task Twenty_thousand_characters_are_searched_without_harm()
    {
        await SeedAsync();

        var page = await clinic.Clients.SearchAsync(
            new string('a', 20_000),
            after: null,
            10,
            Token
        );

        Assert.Empty(page.Clients);
    }

    [Fact]
    public async Task The_list_goes_by_name_whatever_the_letters_case_and_pages_without_gap_or_double()
    {
        await SeedAsync();
        var all = await clinic.Clients.SearchAsync(null, after: null, 100, Token);

        var seen = new List<string>();
        ClientCursor? after = null;
        do
        {
            var page = await clinic.Clients.SearchAsync(null, after, 2, Token);
            Assert.InRange(page.Clients.Count, 1, 2);
            seen.AddRange(page.Clients.Select(c => c.FullName));
            after = page.Next;
        } while (after is not null);

        Assert.Null(all.Next);
        Assert.Equal(all.Clients.Select(c => c.FullName), seen);
        Assert.Equal(["Bo adams", "Cy Adams", "Igor Petrov", "Ana Ruiz", "Özgür Ümit"], seen);
    }

    private async Task SeedAsync()
    {
        if ((await clinic.Clients.SearchAsync(null, after: null, 1, Token)).Clients.Count > 0)
        {
            return;
        }
        var ana = await clinic.AddAsync("Ana", "Ruiz", "14155557731");
        await clinic.Clients.UpdateAsync(
            ana.Id,
            new ClientDraft { Email = "Ana.R@example.com" },
            ClinicFixture.Maya,
            Token
        );
        await clinic.AddPatientAsync(ana, "Biscuit");
        await clinic.AddAsync("Igor", "Petrov", "14155551888");
        await clinic.AddAsync("Cy", "Adams");
        await clinic.AddAsync("Bo", "adams");
        await clinic.AddAsync("Özgür", "Ümit");
    }
}
