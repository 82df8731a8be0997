using System.Diagnostics;
using System.Globalization;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Demo;

/// <summary>How large a clinic is to be.</summary>
/// <param name="LongThread">Messages of one conversation that goes on and on, beside the others.</param>
internal sealed record ClinicSize(
    int Conversations,
    int Messages,
    int Clients,
    int LongThread = 5_000
)
{
    /// <summary>Reads <c>--conversations</c>, <c>--messages</c> and <c>--clients</c>.</summary>
    /// <exception cref="FormatException">One is no number of at least 1.</exception>
    public static ClinicSize Read(IConfiguration settings)
    {
        return new ClinicSize(
            Number("conversations", 200_000),
            Number("messages", 2_000_000),
            Number("clients", 50_000)
        );

        int Number(string name, int usual) =>
            settings[name] is not { } text ? usual
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            && n > 0
                ? n
            : throw new FormatException($"--{name} is a number of at least 1.");
    }
}

/// <summary>
/// Fills a database with a large clinic, the same each time but for its end, which is now: to see how the app does at size.
/// What is there stays; numbers begin with an area code that the demo does not use.
/// </summary>
internal static class SizeSeed
{
    private const int Together = 50_000;

    private static readonly string[] Firsts =
    [
        "Ana",
        "Zoë",
        "Tom",
        "Maya",
        "José",
        "Ingrid",
        "Søren",
        "Bella",
        "Chloé",
        "Omar",
        "Priya",
        "Łukasz",
        "Grace",
        "Hugo",
        "Noor",
        "Ivan",
        "Renée",
        "Walter",
        "Yuki",
        "Dana",
    ];

    private static readonly string[] Lasts =
    [
        "Ruiz",
        "Becker",
        "Okafor",
        "Núñez",
        "Smith",
        "Kowalski",
        "Müller",
        "Larsen",
        "Haddad",
        "Chen",
        "O'Neil",
        "Dubois",
        "Petrov",
        "Nakamura",
        "Silva",
        "Jensen",
        "Novák",
        "Brandt",
        "Costa",
        "Whitfield",
        "Abara",
        "Lindqvist",
    ];

    private static readonly string[] Animals =
    [
        "Bella",
        "Max",
        "Luna",
        "Rex",
        "Coco",
        "Milo",
        "Daisy",
        "Simba",
        "Nala",
        "Oscar",
        "Poppy",
        "Biscuit",
        "Żabka",
        "Tofu",
        "Pepper",
        "Ziggy",
        "Olive",
        "Bruno",
        "Maple",
        "Fifi",
    ];

    private static readonly string[] Theirs =
    [
        "Is {0} ready to be picked up?",
        "{0} is limping since this morning, can we come in today?",
        "Can {0} have her vaccines on Friday?",
        "We are running ten minutes late, sorry",
        "Thank you so much!",
        "{0} ate chocolate, about half a bar. What should I do?",
        "Do you have the refill for {0}?",
        "Could you send me the invoice again please",
        "What time do you close on Saturday?",
        "{0} has not eaten since yesterday and is very quiet",
        "Yes, that works for us",
        "Is the blood test back yet?",
        "The stitches look a little red, photo attached",
        "How much would a dental cleaning for {0} be?",
    ];

    private static readonly string[] Ours =
    [
        "Hi! {0} is doing well and can go home after 4 pm.",
        "Please come in at 2:30, the doctor will have a look.",
        "Your refill is ready at the front desk.",
        "The results are normal. No further treatment is needed.",
        "We are open until 6 pm on weekdays and until noon on Saturday.",
        "Thank you, see you then!",
        "Please keep the bandage dry and come back in a week for a check.",
        "An estimate was sent to your email.",
        "If it gets worse tonight please call the emergency hospital.",
        "Which day would suit you for the appointment?",
    ];

    public static async Task RunAsync(
        IServiceProvider services,
        ClinicSize size,
        TextWriter say,
        CancellationToken cancellation
    )
    {
        var settings = services.GetRequiredService<DatabaseSettings>();
        var databases = services.GetRequiredService<IDbContextFactory<InboxDb>>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var began = Stopwatch.GetTimestamp();
        var ids = new SeedIds();
        string line;
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            line =
                (
                    await db.Lines.OrderBy(l => l.CreatedAt).FirstOrDefaultAsync(cancellation)
                )?.Id.ToString()
                ?? throw new InvalidOperationException(
                    "There is no line yet: start the app once, or add one in Settings."
                );
        }
        await using (var target = await BulkTarget.OpenAsync(settings, Together, cancellation))
        {
            var people = await AddClientsAsync(target, size, ids, now);
            await say.WriteLineAsync($"{size.Clients:N0} clients after {Seconds(began)}");
            await AddConversationsAsync(target, size, ids, people, line, now);
            await target.EndAsync();
        }
        await say.WriteLineAsync(
            $"{size.Conversations:N0} conversations, {size.Messages:N0} messages after {Seconds(began)}"
        );
        await IndexAsync(settings, services.GetRequiredService<TimeProvider>(), cancellation);
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            await db.Database.ExecuteSqlRawAsync("ANALYZE", cancellation);
        }
        await say.WriteLineAsync($"Indexed after {Seconds(began)}");
    }

    private static async Task<Person[]> AddClientsAsync(
        BulkTarget target,
        ClinicSize size,
        SeedIds ids,
        DateTimeOffset now
    )
    {
        var since = now.AddDays(-760);
        var people = new Person[size.Clients];
        var at = Micros.Of(since);
        for (var i = 0; i < people.Length; i++)
        {
            people[i] = new Person(
                ids.Next(since),
                $"{Firsts[i % Firsts.Length]} {Lasts[i / Firsts.Length % Lasts.Length]}",
                $"+1628{i:0000000}",
                Animals[i * 7 % Animals.Length]
            );
        }
        await target.FillAsync(
            "Clients",
            [
                "Id",
                "FirstName",
                "LastName",
                "Email",
                "Address",
                "ReminderPreference",
                "Balance",
                "Notes",
                "PopUpNote",
                "CreatedAt",
            ],
            people.Select(
                (p, i) =>
                    new object[]
                    {
                        p.Id,
                        Firsts[i % Firsts.Length],
                        Lasts[i / Firsts.Length % Lasts.Length],
                        $"client{i}@example.com",
                        "",
                        "Sms",
                        0L,
                        "",
                        "",
                        at,
                    }
            )
        );
        await target.FillAsync(
            "ClientPhones",
            ["ClientId", "Number", "Type", "Position"],
            people.Select(p => new object[] { p.Id, p.Number, "Mobile", 0 })
        );
        await target.FillAsync(
            "Patients",
            ["Id", "ClientId", "Name", "Species", "Breed", "Sex", "Alerts", "Deceased"],
            people.Select(p =>
                new object[] { ids.Next(since), p.Id, p.Patient, "Dog", "", "", "", false }
            )
        );
        return people;
    }

    private static async Task AddConversationsAsync(
        BulkTarget target,
        ClinicSize size,
        SeedIds ids,
        Person[] people,
        string line,
        DateTimeOffset now
    )
    {
        var rest = Math.Max(0, size.Messages - size.LongThread);
        var step = TimeSpan.FromDays(730) / size.Conversations;
        var first = now - TimeSpan.FromDays(730);
        var threads = new List<Thread>(size.Conversations);
        var left = rest;
        for (var j = 0; j < size.Conversations; j++)
        {
            var person = people[j % people.Length];
            var begins = first + (step * j);
            // The last one of the list is the long one: it has had two years.
            var isLong = j == size.Conversations - 1;
            var many = isLong ? size.LongThread : left / (size.Conversations - 1 - j);
            left -= isLong ? 0 : many;
            // Only the last one with a number can be open.
            var open = j + people.Length >= size.Conversations;
            threads.Add(
                new Thread(
                    ids.Next(begins),
                    person,
                    isLong ? now.AddMinutes(-3.0 * many) : begins,
                    many,
                    open,
                    // Every fortieth of the open ones waits to be read; one in a hundred is nobody's.
                    open && j % 40 == 0
                        ? 1 + (j % 3)
                        : 0,
                    j % 100 != 7
                )
            );
        }
        await target.FillAsync(
            "Conversations",
            [
                "Id",
                "LineId",
                "Number",
                "ClientId",
                "ClientName",
                "State",
                "Unread",
                "CreatedAt",
                "LastMessageAt",
                "Preview",
                "LastWasOurs",
                "AwaitsOptOutDecision",
                "ClosedAt",
                "ClosedBy",
            ],
            threads.Select(t =>
                new object?[]
                {
                    t.Id,
                    line,
                    t.Person.Number,
                    t.Owned ? t.Person.Id : null,
                    t.Owned ? t.Person.Name : null,
                    t.Open ? "Open" : "Closed",
                    t.Unread,
                    Micros.Of(t.Begins),
                    Micros.Of(t.At(t.Messages - 1)),
                    Conversation.PreviewOf(t.Text(t.Messages - 1)),
                    !Thread.IsTheirs(t.Messages - 1),
                    false,
                    t.Open ? null : Micros.Of(t.At(t.Messages)),
                    t.Open ? null : "Dana Reed",
                }
            )
        );
        await target.FillAsync(
            "Messages",
            [
                "Id",
                "ConversationId",
                "LineId",
                "Number",
                "ClientId",
                "Direction",
                "Kind",
                "Purpose",
                "Category",
                "Basis",
                "Text",
                "AsksToConfirm",
                "State",
                "Segments",
                "At",
                "SentAt",
                "DeliveredAt",
                "CarrierId",
                "Priority",
                "DueAt",
                "By",
            ],
            threads.SelectMany(t =>
                Enumerable.Range(0, t.Messages).Select(k => MessageRow(t, k, line, ids))
            )
        );
    }

    private static object?[] MessageRow(Thread thread, int k, string line, SeedIds ids)
    {
        var at = thread.At(k);
        var micros = Micros.Of(at);
        var theirs = Thread.IsTheirs(k);
        var id = ids.Next(at);
        return
        [
            id,
            thread.Id,
            line,
            thread.Person.Number,
            thread.Owned ? thread.Person.Id : null,
            theirs ? "Inbound" : "Outbound",
            "Conversation",
            "Conversation",
            "Transactional",
            "",
            thread.Text(k),
            false,
            theirs ? "Received" : "Delivered",
            1,
            micros,
            theirs ? null : micros,
            theirs ? null : micros + 2_000_000,
            "seed-" + id,
            0,
            micros,
            theirs ? "" : "Dana Reed",
        ];
    }

    /// <summary>What was marked while it was filled, in large strides: nobody else writes.</summary>
    internal static async Task IndexAsync(
        DatabaseSettings settings,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        int taken;
        do
        {
            taken = await BulkTarget.IndexAsync(settings, clock, 20_000, cancellation);
        } while (taken > 0);
    }

    private static string Seconds(long began) =>
        $"{Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s";

    private sealed record Person(string Id, string Name, string Number, string Patient);

    private sealed record Thread(
        string Id,
        Person Person,
        DateTimeOffset Begins,
        int Messages,
        bool Open,
        int Unread,
        bool Owned
    )
    {
        public static bool IsTheirs(int k) => k % 2 == 0;

        public DateTimeOffset At(int k) => Begins.AddMinutes(3.0 * Math.Max(0, k));

        public string Text(int k)
        {
            var texts = IsTheirs(k) ? Theirs : Ours;
            return string.Format(
                CultureInfo.InvariantCulture,
                texts[(Position(Id) + Math.Max(0, k)) % texts.Length],
                Person.Patient
            );
        }

        private static int Position(string id) =>
            int.Parse(
                id.AsSpan(id.Length - 6),
                NumberStyles.HexNumber,
                CultureInfo.InvariantCulture
            );
    }

    /// <summary>Version 7 ids that are the same each time but for their instants: a counter where others are random.</summary>
    private sealed class SeedIds
    {
        private long _last;

        public string Next(DateTimeOffset at) =>
            $"{at.ToUnixTimeMilliseconds():x12}7000{0x8000_0000_0000_0000UL + (ulong)++_last:x16}";
    }
}
