using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Clinic.Inbox.Benchmarks;

/// <summary>
/// What it costs that each request looks up whether its session lasts: the same page of the same app with and without the
/// look, by turns, one request after another.
/// </summary>
internal static class SessionsBenchmark
{
    private const int Warmup = 10;
    private const int Turns = 40;
    private const int PagesInATurn = 25;

    private static volatile bool _looks = true;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("inbox-bench");
        try
        {
            await using var app = await PixelApp.StartAsync(folder.FullName, adjust: MakeChoice);
            using var http = new HttpClient(
                new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }
            )
            {
                BaseAddress = new Uri(app.Address),
            };
            http.DefaultRequestHeaders.Add("Cookie", $"{app.Cookie.Name}={app.Cookie.Value}");
            var (with, without) = (new List<double>(), new List<double>());
            for (var turn = 0; turn < Warmup + Turns; turn++)
            {
                // Which is first changes, too.
                await TurnAsync(looks: turn % 2 == 0, turn);
                await TurnAsync(looks: turn % 2 == 1, turn);
            }
            Console.WriteLine(
                $"The inbox's page over HTTP, SQLite, {with.Count:N0} each, one after another"
            );
            Print("session looked up", with);
            Print("not looked up", without);
            Console.WriteLine(
                $"The look costs {Median(with) - Median(without):N2} ms a page, {(Median(with) / Median(without)) - 1:P1}."
            );

            async Task TurnAsync(bool looks, int turn)
            {
                _looks = looks;
                for (var page = 0; page < PagesInATurn; page++)
                {
                    var took = await PageAsync(http);
                    if (turn >= Warmup)
                    {
                        (looks ? with : without).Add(took);
                    }
                }
            }
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static void MakeChoice(WebApplicationBuilder builder) =>
        builder.Services.PostConfigure<CookieAuthenticationOptions>(
            IdentityConstants.ApplicationScheme,
            cookie =>
            {
                var look = cookie.Events.OnValidatePrincipal;
                cookie.Events.OnValidatePrincipal = context =>
                    _looks ? look(context) : Task.CompletedTask;
            }
        );

    private static async Task<double> PageAsync(HttpClient http)
    {
        var began = Stopwatch.GetTimestamp();
        using var page = await http.GetAsync("schedule/inbox");
        await page.Content.ReadAsByteArrayAsync();
        if (page.StatusCode is not HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"The page answered {(int)page.StatusCode}.");
        }
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static void Print(string name, List<double> took) =>
        Console.WriteLine(
            $"{name, -20} p50 {Median(took):N2} ms, p95 {took.Order().ElementAt(took.Count * 95 / 100):N2} ms"
        );

    private static double Median(List<double> took) => took.Order().ElementAt(took.Count / 2);
}
