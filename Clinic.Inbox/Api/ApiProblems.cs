namespace Clinic.Inbox.Api;

/// <summary>
/// Behind routing, before authorization. Sees to it that every error under <c>/api</c> is a problem with a code, whoever found it: routing, authorization, the
/// reading of the body, or a fault of ours.
/// </summary>
internal sealed partial class ApiProblems(RequestDelegate next, ILogger<ApiProblems> log)
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
                await AnswerUnroutedAsync(context);
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
            await ApiProblem.Of(context.Response.StatusCode).ExecuteAsync(context);
        }
    }

    /// <summary>No route has this address, or none with this method (routing's own endpoint says so): that needs no key.</summary>
    private static Task AnswerUnroutedAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.RequestDelegate is { } refuse)
        {
            return refuse(context);
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Task AnswerAsync(HttpContext context, bool isApi, ApiProblem problem)
    {
        context.Response.StatusCode = problem.Status;
        return isApi ? problem.ExecuteAsync(context) : Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Endpoint} failed")]
    private partial void LogFault(string method, string endpoint, Exception fault);
}
