using System.Net.Http.Json;
using System.Text.Json;
using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Simulator;

/// <summary>What tests do with the simulator of a running app, over HTTP.</summary>
internal static class SimulatorClient
{
    /// <summary>Receipts come at once, so that no test waits for them.</summary>
    public static readonly (string, string)[] AtOnce =
    [
        ("Simulator:SubmittedAfterMs", "0"),
        ("Simulator:DeliveredAfterMs", "0"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<InboxApp> StartAsync(params (string Key, string Value)[] settings) =>
        InboxApp.StartAsync(settings: [.. AtOnce, .. settings]);

    public static Task<HttpResponseMessage> PostAsync(
        this InboxApp app,
        string path,
        object json
    ) => app.Http.PostAsJsonAsync("simulator/" + path, json, Cancellation);

    public static async Task<JsonElement> GetJsonAsync(this InboxApp app, string path) =>
        await app.Http.GetFromJsonAsync<JsonElement>("simulator/" + path, Cancellation);

    /// <summary>The items of a list of the simulator.</summary>
    public static async Task<JsonElement[]> ItemsAsync(this InboxApp app, string path) =>
        [.. (await app.GetJsonAsync(path)).GetProperty("items").EnumerateArray()];

    public static string Text(this JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? "";

    /// <summary>A text from a phone that the clinic took.</summary>
    public static async Task TextTheClinicAsync(this InboxApp app, string phone, string text)
    {
        using var answer = await app.PostAsync($"handsets/{phone}/send", new { text });
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(200, json.GetProperty("status").GetInt32());
    }

    /// <summary>Staff's answer in the open conversation with that phone.</summary>
    public static async Task<Id<Message>> ReplyAsync(this InboxApp app, string phone, string text)
    {
        await using var db = app.Db();
        var number = PhoneNumber.FromStored("+" + phone);
        var id = await db
            .Conversations.Where(c => c.Number == number && c.State == ConversationState.Open)
            .Select(c => c.Id)
            .SingleAsync(Cancellation);
        var result = await app.Get<ConversationDesk>()
            .SendAsync(id, text, [], new Actor("test", "Dana Test"), Cancellation);
        return Assert.IsType<EnqueueResult.Queued>(result).Message.Id;
    }

    /// <summary>Waits until the text is in that state.</summary>
    public static Task<Message> BecomesAsync(
        this InboxApp app,
        Id<Message> id,
        MessageState state
    ) =>
        Eventually.GetAsync(
            async () =>
            {
                await using var db = app.Db();
                return await db.Messages.FirstOrDefaultAsync(
                    m => m.Id == id && m.State == state,
                    Cancellation
                );
            },
            $"a text becomes {state}"
        );
}
