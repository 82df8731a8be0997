using Clinic.Inbox.Api;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Documents;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Conversations;
using Clinic.Inbox.Tests.Documents;
using Clinic.Inbox.Tests.Fixtures;

namespace Clinic.Inbox.Tests.Security;

/// <summary>A clinic in which everything that somebody can name is markup with a script in it.</summary>
internal sealed class HostileClinic(AttachmentsApp app) : IAsyncDisposable
{
    /// <summary>What an element bears that came out of a text.</summary>
    public const string Mark = "data-xss";

    /// <summary>Ends an attribute, then a tag, then tries three ways to run.</summary>
    public const string Words =
        "\"'><b data-xss>x</b><img src=x onerror=xss=1><script>xss=1</script>";

    /// <summary>Other ways: what looks like a link, what ends an attribute of each kind, what templates would compute.</summary>
    public static readonly string[] Sayings =
    [
        "javascript:xss=1//https://x.example/",
        "jAvA\tsCrIpT:xss=1 https://x.example/\"onmouseover=\"xss=1\"data-xss=\"",
        "https://x.example/'><i data-xss>",
        "data:text/html,<script>xss=1</script>",
        "\" autofocus onfocus=xss=1 data-xss=\"",
        "' onmouseover='xss=1' data-xss='",
        "` onmouseover=xss=1 data-xss ",
        "{{constructor.constructor('xss=1')()}} ${xss=1} @(xss) {% raw %} <%= xss %>",
        "</textarea></title></style></script><b data-xss>x</b>",
        "<svg/onload=xss=1 data-xss><math href=javascript:xss=1 data-xss>x",
        "&lt;b data-xss&gt;x&#60;/b&#62;",
    ];

    public const string Phone = "14155550199";

    private static readonly Actor Attacker = new("attacker", Words);

    public InboxApp App => app.Inbox;

    public string ClientId { get; private set; } = "";
    public string ConversationId { get; private set; } = "";
    public string PicturesId { get; private set; } = "";
    public string DocumentId { get; private set; } = "";
    public string FormId { get; private set; } = "";
    public string ItemId { get; private set; } = "";
    public string TypeId { get; private set; } = "";

    /// <summary>Of a colleague who signs in by <see cref="SignedIn.Password"/>.</summary>
    public string ColleagueEmail { get; private set; } = "";

    /// <summary>Of a private link that nobody has opened.</summary>
    public string Token { get; private set; } = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<HostileClinic> OpenAsync()
    {
        var clinic = new HostileClinic(await AttachmentsApp.StartAsync());
        await clinic.NameAsync();
        await clinic.TextAsync();
        await clinic.ShareAsync();
        return clinic;
    }

    /// <summary>An address with what is there.</summary>
    public string Known(AppRoute route, string parameter) =>
        parameter switch
        {
            "Address" => ConversationId,
            "DocumentId" => DocumentId,
            "Tab" => "consent",
            "View" => "week",
            "Date" => DateOnly
                .FromDateTime(App.Clock.GetUtcNow().UtcDateTime)
                .ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            "Month" => "2026-10",
            "KindName" => "appointmentReminder",
            "Status" => "404",
            "Token" => route.Pattern.StartsWith("/d/", StringComparison.Ordinal) ? Token : "none",
            "Id" => route.Pattern switch
            {
                "/settings/forms/{Id}" => FormId,
                "/settings/inventory-items/{Id}" => ItemId,
                "/settings/appointment-types/{Id}" => TypeId,
                _ => ClientId,
            },
            _ => "none",
        };

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>People, animals, things and settings.</summary>
    private async Task NameAsync()
    {
        var now = App.Clock.GetUtcNow();
        var client = new Client(Id<Client>.New(now), Words, Words, now);
        PhoneNumber.TryFromCarrier(Phone, out var number);
        client.AddPhone(number, PhoneType.Mobile);
        var patient = new Patient(Id<Patient>.New(now), client.Id, Words, Words) { Alerts = Words };
        var another = new Patient(Id<Patient>.New(now), client.Id, Sayings[4], Sayings[5])
        {
            Alerts = Sayings[0],
        };
        var type = new AppointmentType(Id<AppointmentType>.New(now), Words, 30, "teal");
        var item = new InventoryItem(Id<InventoryItem>.New(now), Words);
        await using (var db = App.Db())
        {
            db.ClinicProfiles.Single().Describe(Words, "America/Chicago", "US", "");
            db.AddRange(client, patient, another, type, item);
            await db.SaveChangesAsync(Cancellation);
        }
        (ClientId, TypeId, ItemId) = (client.Id.ToString(), type.Id.ToString(), item.Id.ToString());
        // Now, and so long ago that it is to be reviewed.
        foreach (
            var (category, at) in ((ConsentCategory, DateTimeOffset)[])
                [
                    (ConsentCategory.Transactional, now),
                    (ConsentCategory.Marketing, now.AddYears(-10)),
                ]
        )
        {
            await App.Get<ConsentBook>()
                .RecordAsync(
                    client.Id,
                    category,
                    ConsentMethod.InPerson,
                    Words,
                    at,
                    Attacker,
                    Cancellation
                );
        }
        await App.Get<AppointmentBook>()
            .BookAsync(
                new AppointmentDraft(
                    type.Id,
                    client.Id,
                    patient.Id,
                    now.AddMinutes(30),
                    EndsAt: null,
                    Words
                ),
                Attacker,
                Cancellation
            );
        using var api = await App.ApiClientAsync("read", "write");
        await api.SendAsync(
            HttpMethod.Patch,
            "clients/" + ClientId,
            new
            {
                notes = Words,
                popUpNote = Words,
                address = Words,
            }
        );
        await App.Get<ApiKeys>().CreateAsync(Words, ["read"], Attacker, Cancellation);
        await App.Get<ApiKeys>().CreateAsync(Sayings[0], ["read"], Attacker, Cancellation);
        using var colleague = await App.UserAsync(Roles.PracticeManager, Words, SignedIn.Password);
        ColleagueEmail = colleague.User.Email!;
        await ComesFromAsync(colleague);
    }

    /// <summary>A session whose browser and address are such words, however they came to be kept.</summary>
    public Task ComesFromAsync(DeskUser user) =>
        App.Get<SessionBook>()
            .BeginAsync(
                user.User.Id,
                SignInFactors.Password,
                keep: false,
                new SessionPlace(Words, Sayings[4]),
                Cancellation
            );

    /// <summary>What comes from phones and from the carrier.</summary>
    private async Task TextAsync()
    {
        using var text = await App.ReceiveAsync(Phone, Words);
        text.EnsureSuccessStatusCode();
        foreach (var saying in Sayings)
        {
            using var another = await App.ReceiveAsync(Phone, saying);
            another.EnsureSuccessStatusCode();
        }
        using var stranger = await App.ReceiveAsync("14155550198", Words);
        stranger.EnsureSuccessStatusCode();
        using var unreadable = await App.PostWebhookAsync(
            "inbound",
            $$"""{"message_uuid":{{System.Text.Json.JsonSerializer.Serialize(Words)}}}"""
        );
        unreadable.EnsureSuccessStatusCode();
        byte[][] files =
        [
            SampleFiles.Jpeg(),
            SampleFiles.VCard(),
            SampleFiles.Pdf(),
            // Refused, with its name.
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"u8.ToArray(),
        ];
        foreach (var file in files)
        {
            var message = await app.ReceiveAsync(app.Media.Serve(file), Words + ".jpg", Words);
            await Eventually.IsTrueAsync(
                async () =>
                    (await app.MessageAsync(message)).Attachments.Single().State
                        is AttachmentState.Stored
                            or AttachmentState.Failed,
                "the file is there"
            );
            PicturesId = $"{(await app.MessageAsync(message)).ConversationId}";
        }
        await using var db = App.Db();
        PhoneNumber.TryFromCarrier(Phone, out var number);
        ConversationId = db.Conversations.Single(c => c.Number == number).Id.ToString();
    }

    /// <summary>Forms, answers, files.</summary>
    private async Task ShareAsync()
    {
        var form = await App.FormAsync(
            new FormDraft(
                Words,
                Words,
                [
                    Papers.Question(QuestionKind.Text, Words),
                    Papers.Question(QuestionKind.Choice, Words, Words, "Dog"),
                ]
            )
        );
        FormId = form.Id.ToString();
        var client = Id<Client>.Parse(ClientId);
        var (document, token) = await App.SentAsync(
            new DocumentDraft(client, new DocumentContent.Form(form.Id))
        );
        DocumentId = document.Id.ToString();
        using var browser = App.Visitor(followRedirects: true);
        using var opened = await browser.OpensAsync(token);
        using var answered = await browser.SendFormAsync(
            $"d/{token}",
            "answers",
            ("answer.q1", Words),
            ("answer.q2", Words)
        );
        var file = await App.ChoosesAsync(SampleFiles.Pdf(), Words + ".pdf");
        await App.Get<Library>().AddFileAsync(Words, file, Attacker, Cancellation);
        var another = await App.ChoosesAsync(SampleFiles.Pdf(), Words + ".pdf");
        (_, Token) = await App.SentAsync(
            new DocumentDraft(client, new DocumentContent.Upload(another)) { Title = Words }
        );
        var third = await App.ChoosesAsync(SampleFiles.Pdf(), Sayings[0] + ".pdf");
        await App.SentAsync(
            new DocumentDraft(client, new DocumentContent.Upload(third)) { Title = Sayings[0] }
        );
    }
}
