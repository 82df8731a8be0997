namespace Clinic.Inbox.Conversations;

/// <summary>Files in and out: fetching, checking, keeping, serving.</summary>
public static class AttachmentsSetup
{
    public static IServiceCollection AddAttachments(this IServiceCollection services)
    {
        services.AddSingleton<Pictures>();
        services.AddSingleton<AttachmentIntake>();
        return services;
    }

    public static void MapAttachments(this IEndpointRouteBuilder endpoints) { }
}
