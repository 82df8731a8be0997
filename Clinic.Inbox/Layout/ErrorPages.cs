using Clinic.Inbox.People;
using Microsoft.AspNetCore.Diagnostics;

namespace Clinic.Inbox.Layout;

/// <summary>
/// What a person sees where a page would be, when there is none: not found, too many tries, something broke. Programs
/// (the API, webhooks, the hub) get the bare status.
/// </summary>
public static class ErrorPages
{
    private const string Path = "/error/{0}";

    public static void UseErrorPages(this WebApplication app)
    {
        app.UseWhen(
            IsForPerson,
            people =>
            {
                if (!app.Environment.IsDevelopment())
                {
                    people.UseExceptionHandler("/error/500", createScopeForErrors: true);
                }
                people.UseStatusCodePagesWithReExecute(Path, createScopeForStatusCodePages: true);
                people.Use(AsLookAsync);
            }
        );
    }

    /// <summary>The answer to a form that was refused is a page, not that form once more.</summary>
    private static async Task AsLookAsync(HttpContext context, RequestDelegate next)
    {
        var method = context.Request.Method;
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null)
        {
            context.Request.Method = HttpMethods.Get;
        }
        await next(context);
        context.Request.Method = method;
        var answer = context.Response;
        if (answer is { HasStarted: false, StatusCode: >= 400, ContentLength: null })
        {
            // Blazor names a content type before it refuses a form, and who has a type is taken to have a body.
            answer.ContentType = null;
        }
    }

    private static bool IsForPerson(HttpContext context) =>
        !SignInCookie.IsForPrograms(context.Request.Path)
        && context
            .Request.Headers.Accept.ToString()
            .Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
