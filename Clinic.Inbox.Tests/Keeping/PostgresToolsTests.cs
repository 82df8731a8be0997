using Clinic.Inbox.Keeping;
using Npgsql;

namespace Clinic.Inbox.Tests.Keeping;

/// <summary>What <c>pg_dump</c> is told of a server is what the app itself knows of it.</summary>
public sealed class PostgresToolsTests
{
    [Theory]
    [InlineData("SSL Mode=VerifyFull", "system")]
    [InlineData("SSL Mode=VerifyFull;Root Certificate=/etc/clinic/ca.pem", "/etc/clinic/ca.pem")]
    [InlineData("SSL Mode=VerifyCA;Root Certificate=/etc/clinic/ca.pem", "/etc/clinic/ca.pem")]
    // libpq refuses "system" without a check of the name.
    [InlineData("SSL Mode=VerifyCA", null)]
    [InlineData("SSL Mode=Require", null)]
    public void It_trusts_whom_the_app_trusts(string how, string? authorities) =>
        Assert.Equal(authorities, Told(how).GetValueOrDefault("PGSSLROOTCERT"));

    [Fact]
    public void It_shows_the_certificate_that_the_app_shows()
    {
        var told = Told("SSL Certificate=/etc/clinic/app.pem;SSL Key=/etc/clinic/app.key");

        Assert.Equal("/etc/clinic/app.pem", told["PGSSLCERT"]);
        Assert.Equal("/etc/clinic/app.key", told["PGSSLKEY"]);
    }

    private static Dictionary<string, string?> Told(string how) =>
        PostgresTools
            .Environment(new NpgsqlConnectionStringBuilder($"Host=db;Username=clinic;{how}"))
            .ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
}
