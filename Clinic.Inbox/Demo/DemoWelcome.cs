using System.Globalization;
using System.Text;
using Clinic.Inbox.People;

namespace Clinic.Inbox.Demo;

/// <summary>What somebody who starts the product for the first time needs to know.</summary>
internal static class DemoWelcome
{
    /// <param name="addresses">What the server listens on.</param>
    /// <param name="apiKey">Empty when there is none.</param>
    public static string Text(IEnumerable<string> addresses, string apiKey)
    {
        var address = addresses.Select(Reachable).FirstOrDefault() ?? "";
        var text = new StringBuilder();
        void Line(string name, string value) =>
            text.AppendLine(CultureInfo.InvariantCulture, $"  {name, -10}  {value}");
        text.AppendLine().AppendLine("  Clinic.Inbox with a demo clinic").AppendLine();
        Line("Open", address);
        foreach (var (index, person) in DemoSignIns.All.Index())
        {
            Line(
                index == 0 ? "Sign in" : "",
                $"{person.Email, -20}{Roles.NameOf(person.Role).ToLowerInvariant()}"
            );
        }
        Line("", $"password {DemoSignIns.Password}");
        Line("Handsets", $"{address}/simulator");
        if (apiKey.Length > 0)
        {
            Line("REST API", $"{address}/docs/api, key {apiKey}");
        }
        return text.ToString();
    }

    /// <summary>An address that listens on every interface is no address to open.</summary>
    private static string Reachable(string address) =>
        address
            .TrimEnd('/')
            .Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal);
}
