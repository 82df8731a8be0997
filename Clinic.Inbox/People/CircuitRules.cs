using System.Security.Claims;
using Clinic.Inbox.Layout;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clinic.Inbox.People;

/// <summary>Who may have a live page, how many, and for how long.</summary>
public static class CircuitRules
{
    public static void AddCircuitRules(this IServiceCollection services)
    {
        services.AddScoped<AuthenticationStateProvider, SessionRevalidation>();
        services.TryAddSingleton(new CircuitCount(CircuitCount.Usual));
        services.AddScoped<CircuitHandler, CircuitCap>();
        services.AddScoped<CircuitHandler, CircuitSession>();
    }

    /// <summary>
    /// Who has too many windows open gets a page that says so instead of one more. After authorization, before the pages.
    /// </summary>
    public static void UseCircuitCap(this IApplicationBuilder app)
    {
        var open = app.ApplicationServices.GetRequiredService<CircuitCount>();
        app.BoundConnections("/_blazor", LiveAllowance.Pages);
        app.BoundConnections("/hubs", LiveAllowance.Hub);
        app.Use(
            (context, next) =>
            {
                if (
                    context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } user
                    && open.IsFull(user)
                    && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()
                        is not null
                    && context.AcceptsInteractiveRouting()
                )
                {
                    context.Response.Redirect(Paths.TooManyWindows);
                    return Task.CompletedTask;
                }
                return next(context);
            }
        );
    }

    private static void BoundConnections(
        this IApplicationBuilder app,
        PathString path,
        LiveAllowance allowance
    )
    {
        var connections = new LiveConnections(allowance);
        app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>()
            .ApplicationStopped.Register(connections.Dispose);
        app.Use(
            (context, next) =>
                context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)
                    ? connections.PassAsync(context, _ => next(context))
                    : next(context)
        );
    }
}

/// <summary>Counts this circuit, and refuses it where the page before it should have been refused already.</summary>
internal sealed class CircuitCap(CircuitCount open, AuthenticationStateProvider sessions)
    : CircuitHandler
{
    private string? _counted;

    public override async Task OnCircuitOpenedAsync(
        Circuit circuit,
        CancellationToken cancellationToken
    )
    {
        var session = await sessions.GetAuthenticationStateAsync();
        if (session.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } user)
        {
            return;
        }
        if (!open.TryEnter(user))
        {
            throw new InvalidOperationException("One window too many of one user was refused.");
        }
        _counted = user;
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _counted, null) is { } user)
        {
            open.Leave(user);
        }
        return Task.CompletedTask;
    }
}
