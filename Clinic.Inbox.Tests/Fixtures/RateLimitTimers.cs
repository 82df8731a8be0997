using System.Reflection;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Clinic.Inbox.Tests.Fixtures;

/// <summary>
/// Ends the limiters of an app that has ended. ASP.NET's middleware makes one each and never disposes it: its timer ticks ten
/// times a second for ever and holds the whole app. A server has one app; the tests have hundreds in one process, which would
/// come to 15 GB.
/// </summary>
internal sealed class RateLimitTimers : IStartupFilter, IDisposable
{
    private const string Middleware = "Microsoft.AspNetCore.RateLimiting.RateLimitingMiddleware";

    private RequestDelegate? _pipeline;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(pipeline => _pipeline = pipeline);
            next(app);
        };

    public void Dispose()
    {
        var found = 0;
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var toLookAt = new Stack<object>();
        Follow(_pipeline);
        while (toLookAt.TryPop(out var part))
        {
            var fields = FieldsOf(part.GetType());
            if (part.GetType().FullName == Middleware)
            {
                foreach (
                    var limiter in fields
                        .Select(f => f.GetValue(part))
                        .OfType<PartitionedRateLimiter<HttpContext>>()
                )
                {
                    limiter.Dispose();
                    found++;
                }
            }
            foreach (var field in fields)
            {
                Follow(field.GetValue(part));
            }
        }
        Assert.True(found > 0, "No rate limiter was found in the pipeline.");

        // A pipeline is delegates, what they close over, and middleware that holds the next of them.
        void Follow(object? part)
        {
            var next = part is Delegate function ? function.Target : part;
            if (next is not null && IsPipeline(next.GetType(), part is Delegate) && seen.Add(next))
            {
                toLookAt.Push(next);
            }
        }

        static bool IsPipeline(Type type, bool isTarget) =>
            isTarget
            || type.Name.Contains("DisplayClass", StringComparison.Ordinal)
            || FieldsOf(type).Exists(f => f.FieldType == typeof(RequestDelegate));
    }

    private static List<FieldInfo> FieldsOf(Type type) =>
        [
            .. type.GetFields(
                BindingFlags.Instance
                    | BindingFlags.DeclaredOnly
                    | BindingFlags.Public
                    | BindingFlags.NonPublic
            ),
            .. type.BaseType is { } parent ? FieldsOf(parent) : [],
        ];
}
