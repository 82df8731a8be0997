using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SkiaSharp;

namespace Clinic.Inbox.Demo;

/// <summary>
/// A picture from the few words of SVG that the demo's drawings use: g, rect, circle, ellipse and path, with fill, stroke and
/// transforms. Twice as large as drawn, as from a phone.
/// </summary>
internal sealed partial class SvgPicture : IDisposable
{
    private const int Scale = 2;
    private const int Quality = 84;
    private readonly SKBitmap _bitmap;

    private SvgPicture(SKBitmap bitmap) => _bitmap = bitmap;

    /// <summary>Pixels.</summary>
    public int Width => _bitmap.Width;
    public int Height => _bitmap.Height;

    public static SvgPicture Draw(Stream svg)
    {
        var root = XDocument.Load(svg).Root!;
        var bitmap = new SKBitmap(
            (int)Number(root, "width") * Scale,
            (int)Number(root, "height") * Scale
        );
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        canvas.Scale(Scale);
        DrawChildren(canvas, root);
        return new SvgPicture(bitmap);
    }

    /// <summary>As a JPEG whose longer side has at most that many pixels.</summary>
    public byte[] ToJpeg(int longest)
    {
        var ratio = Math.Min(1f, (float)longest / Math.Max(Width, Height));
        using var small =
            ratio < 1
                ? _bitmap.Resize(
                    new SKSizeI((int)(Width * ratio), (int)(Height * ratio)),
                    new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear)
                )
                : null;
        using var data = (small ?? _bitmap).Encode(SKEncodedImageFormat.Jpeg, Quality);
        return data.ToArray();
    }

    public void Dispose() => _bitmap.Dispose();

    private static void DrawChildren(SKCanvas canvas, XElement parent)
    {
        foreach (var element in parent.Elements())
        {
            canvas.Save();
            Transform(canvas, (string?)element.Attribute("transform") ?? "");
            if (element.Name.LocalName == "g")
            {
                DrawChildren(canvas, element);
            }
            else
            {
                DrawShape(canvas, element);
            }
            canvas.Restore();
        }
    }

    private static void DrawShape(SKCanvas canvas, XElement element)
    {
        using var path = PathOf(element);
        using var paint = new SKPaint { IsAntialias = true };
        var fill = (string?)element.Attribute("fill") ?? "#000000";
        if (SKColor.TryParse(fill, out var color))
        {
            paint.Color = color.WithAlpha((byte)(255 * Number(element, "fill-opacity", 1)));
            canvas.DrawPath(path, paint);
        }
        if (SKColor.TryParse((string?)element.Attribute("stroke") ?? "none", out color))
        {
            paint.Color = color;
            paint.Style = SKPaintStyle.Stroke;
            paint.StrokeWidth = Number(element, "stroke-width", 1);
            paint.StrokeCap = SKStrokeCap.Round;
            paint.StrokeJoin = SKStrokeJoin.Round;
            canvas.DrawPath(path, paint);
        }
    }

    private static SKPath PathOf(XElement element)
    {
        float Of(string name) => Number(element, name);
        if (element.Name.LocalName == "path")
        {
            return SKPath.ParseSvgPathData((string)element.Attribute("d")!);
        }
        var outline = new SKPath();
        switch (element.Name.LocalName)
        {
            case "rect":
                var rx = Number(element, "rx", 0);
                outline.AddRoundRect(
                    new SKRoundRect(
                        SKRect.Create(
                            Number(element, "x", 0),
                            Number(element, "y", 0),
                            Of("width"),
                            Of("height")
                        ),
                        rx
                    )
                );
                break;
            case "circle":
                outline.AddCircle(Of("cx"), Of("cy"), Of("r"));
                break;
            case "ellipse":
                outline.AddOval(
                    new SKRect(
                        Of("cx") - Of("rx"),
                        Of("cy") - Of("ry"),
                        Of("cx") + Of("rx"),
                        Of("cy") + Of("ry")
                    )
                );
                break;
            default:
                throw new FormatException($"No {element.Name.LocalName} in the demo's drawings.");
        }
        return outline;
    }

    private static void Transform(SKCanvas canvas, string transform)
    {
        foreach (Match match in Step().Matches(transform))
        {
            float[] n =
            [
                .. match
                    .Groups["args"]
                    .Value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
                    .Select(text => float.Parse(text, CultureInfo.InvariantCulture)),
            ];
            switch (match.Groups["name"].Value)
            {
                case "translate":
                    canvas.Translate(n[0], n[1]);
                    break;
                case "scale":
                    canvas.Scale(n[0], n[^1]);
                    break;
                default:
                    canvas.RotateDegrees(n[0], n.ElementAtOrDefault(1), n.ElementAtOrDefault(2));
                    break;
            }
        }
    }

    private static float Number(XElement element, string name, float? otherwise = null) =>
        (float?)element.Attribute(name)
        ?? otherwise
        ?? throw new FormatException($"A {element.Name.LocalName} lacks its {name}.");

    [GeneratedRegex(
        @"(?<name>translate|scale|rotate)\((?<args>[^)]*)\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Step();
}
