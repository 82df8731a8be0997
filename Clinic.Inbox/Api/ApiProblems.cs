using System.ComponentModel;
using Microsoft.AspNetCore.Http.Metadata;

namespace Clinic.Inbox.Api;

/// <summary>
/// Behind routing, before authorization. Sees to it that every error under <c>/api</c> is a problem with a code, whoever found it: routing, authorization, the
/// reading of the body, or a fault of ours.
/// </summary>
internal sealed partial class ApiProblems(
    RequestDelegate next,
    ApiRoutes routes,
    ILogger<ApiProblems> log
)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var isApi = ApiSetup.IsApi(context);
        if (isApi)
        {
            // Clients' data: no cache on the way keeps it.
            context.Response.Headers.CacheControl = "no-store";
        }
        try
        {
            if (isApi && context.GetEndpoint() is not RouteEndpoint)
            {
                RefuseUnrouted(context);
            }
            else
            {
                await next(context);
            }
        }
        catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, isApi, ApiProblem.Of(refused));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        catch (Exception fault) when (isApi && !context.Response.HasStarted)
        {
            LogFault(context.Request.Method, context.GetEndpoint()?.DisplayName ?? "", fault);
            await AnswerAsync(
                context,
                isApi,
                ApiProblem.Of(StatusCodes.Status500InternalServerError)
            );
        }
        if (
            isApi
            && context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null }
        )
        {
            var problem = Unreadable(context) is { } parameter
                ? ApiProblem.Unreadable(parameter)
                : ApiProblem.Of(context.Response.StatusCode);
            await problem.ExecuteAsync(context);
        }
    }

    /// <summary>
    /// The parameter of the query that is not of its type. What reads requests, written when the app is built, answers 400
    /// then and does not say which.
    /// </summary>
    private static string? Unreadable(HttpContext context) =>
        context.Response.StatusCode != StatusCodes.Status400BadRequest
            ? null
            : context
                .GetEndpoint()
                ?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
                .FirstOrDefault(parameter =>
                    parameter.HasTryParse
                    && context.Request.Query[parameter.Name].ToString() is { Length: > 0 } value
                    && !TypeDescriptor
                        .GetConverter(parameter.ParameterInfo.ParameterType)
                        .IsValid(value)
                )
                ?.Name;

    /// <summary>No route has this address, or none with this method: to say so needs no key.</summary>
    private void RefuseUnrouted(HttpContext context)
    {
        var methods = routes.MethodsOf(context.Request.Path);
        if (methods.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (methods.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase))
        {
            // Address and method are right: what routing turned down is the kind of body.
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = string.Join(", ", methods);
        }
    }

    private static Task AnswerAsync(HttpContext context, bool isApi, ApiProblem problem)
    {
        context.Response.StatusCode = problem.Status;
        return isApi ? problem.ExecuteAsync(context) : Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Endpoint} failed")]
    private partial void LogFault(string method, string endpoint, Exception fault);
}
