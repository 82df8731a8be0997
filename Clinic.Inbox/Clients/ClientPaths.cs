using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Layout;

namespace Clinic.Inbox.Clients;

/// <summary>Addresses of a client's pages.</summary>
public static class ClientPaths
{
    public static string Profile(Id<Client> id) => $"{Paths.Clients}/{id}";

    /// <param name="tab">overview, reminders, communications, documents or consent.</param>
    public static string Profile(Id<Client> id, string tab) => $"{Paths.Clients}/{id}/{tab}";

    /// <summary>One document of the client, with what was answered.</summary>
    public static string Document(Id<Client> client, Id<SharedDocument> document) =>
        $"{Paths.Clients}/{client}/documents/{document}";

    /// <summary>The file that shows why this client was texted; for managers.</summary>
    /// <param name="format">pdf or json.</param>
    public static string Evidence(Id<Client> id, string format) =>
        $"{Paths.Clients}/{id}/evidence.{format}";

    /// <summary>Where the inbox shows a conversation.</summary>
    public static string Conversation(Id<Conversation> id) => $"{Paths.Inbox}/{id}";
}
