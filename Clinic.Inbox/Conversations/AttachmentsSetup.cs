namespace Clinic.Inbox.Conversations;

/// <summary>Files in and out: fetching, checking, keeping, serving.</summary>
public static class AttachmentsSetup
{
    public static IServiceCollection AddAttachments(this IServiceCollection services)
    {
        services.AddSingleton<AttachmentMetrics>();
        services.AddSingleton<Pictures>();
        services.AddSingleton<AttachmentIntake>();
        services.AddSingleton<AttachmentInspection>();
        services.AddSingleton<AttachmentFetching>();
        services.AddSingleton<AttachmentServing>();
        services.AddSingleton<AttachmentCleaning>();
        services.AddHostedService<AttachmentWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<AttachmentCleaning>());
        return services;
    }

    public static void MapAttachments(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapAttachmentEndpoints();
}
