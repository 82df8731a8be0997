using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Playwright;
using SkiaSharp;

namespace Clinic.Inbox.Tests.Conversations;

/// <summary>What the headers of a PDF let a real Chromium do.</summary>
public sealed class PdfViewerTests
{
    private const string Chromium = "/usr/bin/chromium";

    private const string ShowInFrame = """
        address => {
          document.body.replaceChildren();
          const frame = document.createElement("iframe");
          frame.src = address;
          frame.style.cssText = "position:fixed;inset:0;width:900px;height:700px;border:0";
          document.body.append(frame);
        }
        """;

    [Fact]
    public async Task A_PDF_shows_in_a_frame_of_our_own_page()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is not installed.");
        await using var app = await AttachmentsApp.StartAsync();
        var file = await app.StoredAsync(SampleFiles.Pdf(), "records.pdf");
        using var user = await app.Inbox.UserAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Chromium,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"],
            }
        );
        await using var context = await browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 900, Height = 700 },
            }
        );
        context.SetDefaultTimeout(60_000);
        await context.AddCookiesAsync([user.BrowserCookie]);
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Inbox.Address, "account/sign-in").ToString());

        await page.EvaluateAsync(ShowInFrame, $"/attachments/{file.Id}");

        // The viewer itself is dark; the sheet is white and fills a good part of it.
        await Eventually.IsTrueAsync(
            async () =>
            {
                using var seen = SKBitmap.Decode(await page.ScreenshotAsync());
                return seen.Pixels.Count(pixel => pixel == SKColors.White)
                    is > 50_000
                        and < 400_000;
            },
            "the sheet is seen"
        );
    }
}
