using System.Text.RegularExpressions;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Tests.Documents;

/// <summary>Documents in the clinic's words.</summary>
internal static partial class Papers
{
    /// <summary>A form with a question of each kind.</summary>
    public static readonly FormDraft NewPatient = new(
        "New patient",
        "Welcome! Tell us about your pet.",
        [
            Question(QuestionKind.Text, "Name of your pet"),
            Question(QuestionKind.LongText, "Anything we should know?", required: false),
            Question(QuestionKind.Choice, "Species", "Dog", "Cat"),
            Question(QuestionKind.Choices, "Vaccines it had", "Rabies", "DHPP", "FVRCP"),
            Question(QuestionKind.Date, "Born on", required: false),
            Question(QuestionKind.YesNo, "May we send reminders?"),
            Question(QuestionKind.Signature, "Signature"),
        ]
    );

    /// <summary>What a client may write into <see cref="NewPatient"/>.</summary>
    public static readonly (string Name, string Value)[] Answers =
    [
        ("answer.q1", "Bella"),
        ("answer.q2", "<b>Afraid</b> of cats\r\nand of rain"),
        ("answer.q3", "Dog"),
        ("answer.q4", "Rabies"),
        ("answer.q5", "2024-02-29"),
        ("answer.q6", "Yes"),
        ("answer.q7", "Ana Ruiz"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static FormQuestion Question(QuestionKind kind, string label, params string[] choices) =>
        new("", kind, label, "", Required: true, choices);

    public static FormQuestion Question(QuestionKind kind, string label, bool required) =>
        new("", kind, label, "", required, []);

    public static async Task<FormTemplate> FormAsync(this InboxApp app, FormDraft? draft = null) =>
        Assert
            .IsType<FormResult.Saved>(
                await app.Get<FormBook>()
                    .SaveAsync(id: null, draft ?? NewPatient, Scene.Receptionist, Cancellation)
            )
            .Form;

    /// <summary>A file in storage that staff chose a moment ago.</summary>
    public static async Task<StoredFile> ChoosesAsync(
        this InboxApp app,
        byte[] bytes,
        string name = "aftercare.pdf"
    )
    {
        using var content = new MemoryStream(bytes);
        return Assert
            .IsType<IntakeResult.Taken>(
                await app.Get<DocumentFiles>().TakeAsync(content, name, Cancellation)
            )
            .File;
    }

    public static Task<DocumentResult> SendsAsync(this InboxApp app, DocumentDraft draft) =>
        app.Get<DocumentDesk>().SendAsync(draft, Scene.Receptionist, Cancellation);

    /// <summary>Sends it, and returns the document and its token as the phone gets it.</summary>
    public static async Task<(SharedDocument Document, string Token)> SentAsync(
        this InboxApp app,
        DocumentDraft draft
    )
    {
        var sent = Assert.IsType<DocumentResult.Sent>(await app.SendsAsync(draft));
        return (sent.Document, TokenIn(sent.Message.Text));
    }

    public static string TokenIn(string text) => Link().Match(text).Groups["token"].Value;

    public static async Task<SharedDocument> DocumentAsync(this InboxApp app, Id<SharedDocument> id)
    {
        await using var db = app.Db();
        return await db.SharedDocuments.AsNoTracking().SingleAsync(d => d.Id == id, Cancellation);
    }

    public static async Task<Patient> PatientAsync(this InboxApp app, Client client, string name)
    {
        await using var db = app.Db();
        var patient = new Patient(Id<Patient>.New(app.Clock.GetUtcNow()), client.Id, name, "Dog");
        db.Patients.Add(patient);
        await db.SaveChangesAsync(Cancellation);
        return patient;
    }

    /// <summary>A person opens the link in a browser of their own: looks, and presses the button.</summary>
    public static async Task<HttpResponseMessage> OpensAsync(
        this HttpClient browser,
        string token,
        string? lastName = null
    ) =>
        await browser.SendFormAsync(
            $"d/{token}",
            "open",
            lastName is null ? [] : [("LastName", lastName)]
        );

    [GeneratedRegex(
        "/d/(?<token>[A-Za-z0-9]+)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Link();
}
