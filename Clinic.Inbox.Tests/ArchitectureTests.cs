using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Clinic.Inbox.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using NetArchTest.Rules;

namespace Clinic.Inbox.Tests;

/// <summary>The arrows of the house: who may know whom, and what no page may do.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Product = typeof(Program).Assembly;

    private static readonly string[] Rooms =
    [
        "AddOns",
        "AfterHours",
        "Api",
        "Carrier",
        "Clients",
        "Consent",
        "ConsentPages",
        "Conversations",
        "Csv",
        "Data",
        "Demo",
        "Documents",
        "Keeping",
        "Layout",
        "Live",
        "Operations",
        "Pdf",
        "People",
        "Reminders",
        "Schedule",
        "Search",
        "SmsDefaults",
        "Templates",
    ];

    /// <summary>Ways in which a client's words could become markup.</summary>
    private static readonly string[] Markup =
    [
        "MarkupString",
        "AddMarkupContent",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
    ];

    [Theory]
    // Whom a consent belongs to is the id of a client; somebody takes it, and the screens are told.
    [InlineData("Consent", "Data", "Clients", "People", "Live")]
    // Somebody saves a text.
    [InlineData("Templates", "Data", "People")]
    // Words are words, whoever wrote them.
    [InlineData("Search", "Data", "Live")]
    // A paper knows nothing of what is written on it, and neither does a table.
    [InlineData("Pdf")]
    [InlineData("Csv")]
    public void A_room_knows_nobody_but(string room, params string[] known)
    {
        var strangers = Rooms.Except(known.Append(room)).Select(Name).ToArray();

        var result = Types
            .InAssembly(Product)
            .That()
            // By whole words: ConsentPages is another room than Consent.
            .ResideInNamespaceMatching($@"^{Regex.Escape(Name(room))}(\.|$)")
            .ShouldNot()
            .HaveDependencyOnAny(strangers)
            .GetResult();

        Assert.Empty(result.FailingTypeNames ?? []);
    }

    [Fact]
    public void The_carrier_knows_its_wire_and_calls_in_through_ports()
    {
        var result = Types
            .InAssembly(Product)
            .That()
            .ResideInNamespace(Name("Carrier"))
            .And()
            .DoNotResideInNamespace(Name("Carrier.Simulator"))
            .ShouldNot()
            .HaveDependencyOnAny([.. Rooms.Except(["Carrier"]).Select(Name)])
            .GetResult();

        Assert.Empty(result.FailingTypeNames ?? []);
    }

    [Fact]
    public void Nobody_but_its_own_room_knows_the_carriers_wire()
    {
        var strangers = Product
            .GetTypes()
            .Where(t => t.Namespace == Name("Carrier") && t is { IsPublic: false, IsNested: false })
            .Where(t => !IsMadeByTheCompiler(t))
            // What the parked body of a receipt is read with.
            .Where(t => t.Name is not "StatusParser" and not "Parsed`1")
            .Select(t => t.FullName!)
            .ToArray();

        var result = Types
            .InAssembly(Product)
            .That()
            .DoNotResideInNamespace(Name("Carrier"))
            .ShouldNot()
            .HaveDependencyOnAny(strangers)
            .GetResult();

        Assert.NotEmpty(strangers);
        Assert.Empty(result.FailingTypeNames ?? []);
    }

    /// <summary>What a client wrote could lead such a call anywhere (SSRF); there the address is looked at first.</summary>
    [Fact]
    public void Nobody_but_the_carriers_room_calls_other_machines()
    {
        string[] ways =
        [
            "System.Net.Http.HttpClient",
            "System.Net.Http.IHttpClientFactory",
            "System.Net.Http.HttpMessageInvoker",
            "System.Net.Http.SocketsHttpHandler",
            "System.Net.Sockets.Socket",
            "System.Net.Sockets.TcpClient",
            "System.Net.WebClient",
            "System.Net.WebRequest",
        ];

        var calling = Types
            .InAssembly(Product)
            .That()
            .HaveDependencyOnAny(ways)
            .GetTypes()
            .Select(t => t.Namespace)
            .Distinct();

        Assert.Equal(
            [Name("Carrier"), Name("Carrier.Simulator")],
            calling.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Pages_endpoints_and_hubs_hold_no_database()
    {
        var faces = Product
            .GetTypes()
            .Where(t =>
                typeof(IComponent).IsAssignableFrom(t)
                || t.Name.EndsWith("Endpoints", StringComparison.Ordinal)
                || t.Name.EndsWith("Hub", StringComparison.Ordinal)
            );

        var holding = faces.Where(t =>
            t.GetMembers(
                    BindingFlags.DeclaredOnly
                        | BindingFlags.Instance
                        | BindingFlags.Static
                        | BindingFlags.Public
                        | BindingFlags.NonPublic
                )
                .SelectMany(TypesOf)
                .Any(IsDatabase)
        );

        Assert.Empty(holding.Select(t => t.FullName));
    }

    [Fact]
    public void Nothing_turns_a_text_into_markup()
    {
        var root = ContentRoot.Find();
        var sources = new[] { "Clinic.Inbox", "wwwroot-assets" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(
                    Path.Combine(root, folder),
                    "*",
                    SearchOption.AllDirectories
                )
            )
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" or ".js")
            .Where(file => !IsBuilt(Path.GetRelativePath(root, file)))
            .ToList();

        var found = sources
            .Where(file => Array.Exists(Markup, File.ReadAllText(file).Contains))
            .Select(file => Path.GetRelativePath(root, file));

        Assert.NotEmpty(sources);
        Assert.Empty(found);
    }

    [Fact]
    public void Every_public_type_says_what_it_is()
    {
        var documented = XDocument
            .Load(Path.ChangeExtension(Product.Location, ".xml"))
            .Descendants("member")
            .Where(m => m.Element("summary") is not null)
            .Select(m => m.Attribute("name")!.Value)
            .ToHashSet(StringComparer.Ordinal);

        var silent = Product
            .GetExportedTypes()
            .Where(t => !t.IsNested && !IsMadeByTheCompiler(t) && t.Name != "_Imports")
            // Migrations are generated; an enum whose members are its property's own words, and a component that is all
            // markup, are read where they are used.
            .Where(t => !t.Namespace!.Contains(".Migrations", StringComparison.Ordinal))
            .Where(t => !t.IsEnum && !typeof(IComponent).IsAssignableFrom(t))
            .Where(t => !documented.Contains("T:" + t.FullName))
            .Select(t => t.FullName);

        Assert.NotEmpty(documented);
        Assert.Empty(silent);
    }

    private static string Name(string room) => "Clinic.Inbox." + room;

    private static bool IsBuilt(string path) =>
        path.Split(Path.DirectorySeparatorChar) is [_, "obj" or "bin", ..];

    private static bool IsMadeByTheCompiler(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || type.Name.Contains('<', StringComparison.Ordinal);

    private static IEnumerable<Type> TypesOf(MemberInfo member) =>
        member switch
        {
            FieldInfo field => [field.FieldType],
            PropertyInfo property => [property.PropertyType],
            MethodBase method => method.GetParameters().Select(p => p.ParameterType),
            _ => [],
        };

    private static bool IsDatabase(Type type) =>
        typeof(DbContext).IsAssignableFrom(type)
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDbContextFactory<>));
}
