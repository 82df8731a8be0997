using SkiaSharp;

namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Draws the photos that clients of the demo send, so that no picture of anybody's animal is needed.</summary>
internal static class SamplePhotos
{
    public const string Portrait = "bella.jpg";
    public const string Paw = "paw.jpg";

    private const int Width = 960;
    private const int Height = 960;

    /// <summary>A brown dog on a lawn.</summary>
    public static byte[] DrawPortrait() =>
        Draw(canvas =>
        {
            Ground(canvas, "#a9d3e6", "#8fbf6a", "#5d8f3f");
            Blurred(canvas, "#ffffff", 40, (170, 190, 120, 60), (760, 150, 150, 60));
            Blurred(canvas, "#3f6b2c", 30, (480, 960, 420, 130));
            // Body, collar, ears behind the head.
            Oval(canvas, "#9a6a3f", (480, 930, 270, 260));
            Oval(canvas, "#c9a27a", (480, 960, 150, 210));
            Oval(canvas, "#0f766e", (480, 742, 178, 46));
            Oval(canvas, "#f2c14e", (480, 788, 30, 30));
            Tilted(canvas, "#6f4626", 24, (262, 470, 92, 200));
            Tilted(canvas, "#6f4626", -24, (698, 470, 92, 200));
            // Head.
            Oval(canvas, "#a8744a", (480, 470, 236, 250));
            Oval(canvas, "#d9b48d", (480, 600, 132, 128));
            Oval(canvas, "#d9b48d", (480, 390, 44, 150));
            // Eyes, nose, mouth.
            foreach (var x in (float[])[388, 572])
            {
                Oval(canvas, "#2a1a10", (x, 440, 34, 38));
                Oval(canvas, "#ffffff", (x + 10, 426, 10, 11));
            }
            Oval(canvas, "#241a17", (480, 548, 54, 40));
            Oval(canvas, "#5b4a45", (466, 536, 16, 9));
            Oval(canvas, "#d9707a", (480, 690, 42, 58));
            Line(canvas, "#4a3020", 9, (480, 588), (480, 632));
            Line(canvas, "#4a3020", 9, (480, 632), (418, 652));
            Line(canvas, "#4a3020", 9, (480, 632), (542, 652));
        });

    /// <summary>A paw with a sore pad on a blanket.</summary>
    public static byte[] DrawPaw() =>
        Draw(canvas =>
        {
            Ground(canvas, "#e9e2d6", "#d9cdbb", "#c2b299");
            for (var i = -8; i < 16; i++)
            {
                Line(canvas, "#cfc2ad", 3, (i * 90, 0), (i * 90 + 420, Height));
            }
            Blurred(canvas, "#8b7a63", 36, (500, 560, 330, 350));
            Oval(canvas, "#b98a5e", (480, 520, 310, 330));
            Oval(canvas, "#c79b70", (480, 560, 260, 260));
            // The large pad and four toes; the sore is between two of them.
            Oval(canvas, "#3d2c29", (480, 640, 150, 112));
            Oval(canvas, "#54403b", (470, 622, 108, 66));
            foreach (
                var (x, y, tilt) in ((float, float, float)[])
                    [(286, 480, -22), (408, 372, -8), (556, 372, 8), (676, 480, 22)]
            )
            {
                Tilted(canvas, "#3d2c29", tilt, (x, y, 62, 84));
                Tilted(canvas, "#54403b", tilt, (x - 6, y - 14, 40, 50));
            }
            Blurred(canvas, "#d2463f", 10, (566, 520, 56, 34));
            Oval(canvas, "#b3261e", (566, 520, 24, 13));
        });

    private static byte[] Draw(Action<SKCanvas> scene)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height));
        scene(surface.Canvas);
        // Light from the upper left and a dark rim, as a lens gives them.
        using var light = SKShader.CreateRadialGradient(
            new SKPoint(Width * 0.4f, Height * 0.35f),
            Width * 0.85f,
            [new SKColor(255, 244, 214, 60), SKColors.Transparent, new SKColor(0, 0, 0, 80)],
            [0, 0.55f, 1],
            SKShaderTileMode.Clamp
        );
        using var paint = new SKPaint();
        paint.Shader = light;
        surface.Canvas.DrawPaint(paint);
        using var image = surface.Snapshot();
        using var jpeg = image.Encode(SKEncodedImageFormat.Jpeg, 86);
        return jpeg.ToArray();
    }

    private static void Ground(SKCanvas canvas, params string[] colors)
    {
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, 0),
            new SKPoint(0, Height),
            [.. colors.Select(SKColor.Parse)],
            SKShaderTileMode.Clamp
        );
        using var paint = new SKPaint();
        paint.Shader = shader;
        canvas.DrawPaint(paint);
    }

    private static void Oval(
        SKCanvas canvas,
        string color,
        (float X, float Y, float Wide, float High) at
    )
    {
        using var paint = Paint(color);
        canvas.DrawOval(at.X, at.Y, at.Wide, at.High, paint);
    }

    private static void Tilted(
        SKCanvas canvas,
        string color,
        float degrees,
        (float X, float Y, float Wide, float High) at
    )
    {
        canvas.Save();
        canvas.RotateDegrees(degrees, at.X, at.Y);
        Oval(canvas, color, at);
        canvas.Restore();
    }

    private static void Blurred(
        SKCanvas canvas,
        string color,
        float softness,
        params (float X, float Y, float Wide, float High)[] ovals
    )
    {
        using var blur = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, softness);
        using var paint = Paint(color);
        paint.MaskFilter = blur;
        foreach (var (x, y, wide, high) in ovals)
        {
            canvas.DrawOval(x, y, wide, high, paint);
        }
    }

    private static void Line(
        SKCanvas canvas,
        string color,
        float width,
        (float X, float Y) from,
        (float X, float Y) to
    )
    {
        using var paint = Paint(color);
        paint.StrokeWidth = width;
        paint.StrokeCap = SKStrokeCap.Round;
        canvas.DrawLine(from.X, from.Y, to.X, to.Y, paint);
    }

    private static SKPaint Paint(string color) =>
        new() { Color = SKColor.Parse(color), IsAntialias = true };
}
