using Clinic.Inbox.Data;

namespace Clinic.Inbox.Documents;

/// <summary>Documents by text: private links, forms, the library.</summary>
public static class DocumentsSetup
{
    /// <summary>Below it every address is a private link.</summary>
    private const string Links = "/d";

    public static IServiceCollection AddDocuments(this IServiceCollection services)
    {
        services.AddSingleton<DocumentFacts>();
        services.AddSingleton<DocumentFiles>();
        services.AddSingleton<DocumentDesk>();
        services.AddSingleton<DocumentQueries>();
        services.AddSingleton<SentDocuments>();
        services.AddSingleton<DocumentDoor>();
        services.AddSingleton<DocumentGrants>();
        services.AddSingleton<DocumentGuesses>();
        services.AddSingleton<FormBook>();
        services.AddSingleton<Library>();
        services.AddScoped<DocumentActions>();
        services.AddJob<DocumentCleaning>(new("documents-cleaning"), TimeSpan.FromHours(1));
        return services;
    }

    /// <summary>After routing, before anything that looks at what was sent.</summary>
    public static void UseDocumentLinks(this WebApplication app) =>
        app.UseWhen(
            context =>
                context.GetEndpoint() is not null
                && context.Request.Path.StartsWithSegments(
                    Links,
                    StringComparison.OrdinalIgnoreCase
                ),
            links => links.UseMiddleware<DocumentGate>()
        );

    public static void MapDocuments(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapDocumentEndpoints();
}
