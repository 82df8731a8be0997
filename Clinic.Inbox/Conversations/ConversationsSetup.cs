using Clinic.Inbox.AddOns;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations.Inbox;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Search;

namespace Clinic.Inbox.Conversations;

/// <summary>Receiving, sending, and what staff do in between.</summary>
public static class ConversationsSetup
{
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddSingleton(new Node());
        services.AddInboxWriter();
        services.AddSingleton<AttachmentSignal>();
        services.AddSingleton<AttachmentStore>();
        services.AddSingleton<IReceivedPort, Receiving>();
        services.AddSingleton<IReceiptPort, Receipts>();
        services.AddSingleton<LineLeases>();
        services.AddSingleton<Sending>();
        services.AddSingleton<InboxSearch>();
        services.AddSingleton<InboxQueries>();
        services.AddSingleton<ThreadQueries>();
        services.AddSingleton<ConversationDesk>();
        services.AddSingleton<ForgottenBytes>();
        services.AddSingleton<FileRemoval>();
        services.AddSingleton<DeletingConversations>();
        services.AddScoped<DeskActions>();
        services.AddSingleton<SnapshotShelf>();
        services.AddHostedService(provider => provider.GetRequiredService<InboxWriter>());
        services.AddHostedService<Dispatcher>();
        // After the pen: what is added last stops first.
        services.AddSearch();
        return services;
    }

    /// <summary>The pen and what it needs, also where no app runs: commands, benchmarks. Who wants it to write starts it.</summary>
    internal static IServiceCollection AddInboxWriter(this IServiceCollection services)
    {
        services.AddSingleton<Feed>();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<WriterMetrics>();
        services.AddSingleton<DatabaseTrouble>();
        services.AddSingleton<InboxWriter>();
        return services;
    }
}
