using System.Security.Cryptography;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Carrier.Simulator;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.ConsentPages;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Comparing a secret byte by byte tells by its time how much of a guess was right. Read from the built product, since a
/// stopwatch would prove nothing on a busy machine. API keys and private links are looked up in an index of the database, and
/// what is sealed is opened by Data Protection: neither compares a secret.
/// </summary>
public sealed class SecretComparisonTests
{
    /// <summary>Who compares a secret. Whoever begins to needs a row.</summary>
    private static readonly Type[] Comparing =
    [
        typeof(NumbersEndpoint),
        typeof(SetupCode),
        typeof(WebhookVerifier),
    ];

    /// <summary>Where secrets are read from.</summary>
    private static readonly (Type Type, string Member)[] Secrets =
    [
        (typeof(VonageOptions), $"get_{nameof(VonageOptions.ApiSecret)}"),
        (typeof(VonageOptions), $"get_{nameof(VonageOptions.PreviousSignatureSecret)}"),
        (typeof(VonageOptions), $"get_{nameof(VonageOptions.PrivateKey)}"),
        (typeof(VonageOptions), $"get_{nameof(VonageOptions.SignatureSecret)}"),
        (typeof(SetupCode), $"get_{nameof(SetupCode.Shared)}"),
        (typeof(SetupCode), $"get_{nameof(SetupCode.Text)}"),
        (typeof(SetupCode), "_code"),
    ];

    /// <summary>Ways to compare that end at the first difference.</summary>
    private static readonly (string Type, string Method)[] Hasty =
    [
        ("System.String", "op_Equality"),
        ("System.String", "op_Inequality"),
        ("System.String", "Equals"),
        ("System.String", "Compare"),
        ("System.String", "CompareOrdinal"),
        ("System.String", "CompareTo"),
        ("System.MemoryExtensions", "SequenceEqual"),
        ("System.MemoryExtensions", "Equals"),
        ("System.Linq.Enumerable", "SequenceEqual"),
        ("System.StringComparer", "Equals"),
        ("System.Object", "Equals"),
    ];

    private const string Careful = nameof(CryptographicOperations.FixedTimeEquals);

    [Fact]
    public void A_secret_is_compared_in_the_same_time_whatever_the_guess()
    {
        Assert.Equal(
            Comparing.Select(type => type.FullName!).Order(StringComparer.Ordinal),
            CallersOf.Method(typeof(CryptographicOperations).FullName!, Careful)
        );
    }

    [Fact]
    public void Nothing_that_reads_a_secret_compares_in_haste()
    {
        using var module = ModuleDefinition.ReadModule(typeof(Program).Assembly.Location);
        var bodies = module
            .GetTypes()
            .SelectMany(type => type.Methods)
            .Where(method => method.HasBody)
            .ToList();
        var reading = bodies.Where(method => Mentions(method, Secrets)).ToList();

        // All of them are read somewhere: none has another name by now.
        Assert.All(
            Secrets,
            secret => Assert.Contains(reading, method => Mentions(method, [secret]))
        );
        Assert.Empty(
            reading
                .Concat(
                    bodies.Where(method =>
                        Mentions(method, [(typeof(CryptographicOperations), Careful)])
                    )
                )
                .Where(method => CallsOf(method).Any(call => Hasty.Contains(call)))
                .Select(method => method.FullName)
        );
    }

    private static bool Mentions(MethodDefinition method, (Type Type, string Member)[] members) =>
        method
            .Body.Instructions.Select(i => i.Operand)
            .OfType<MemberReference>()
            .Any(named =>
                Array.Exists(
                    members,
                    m => named.Name == m.Member && named.DeclaringType?.FullName == m.Type.FullName
                )
            );

    private static IEnumerable<(string Type, string Method)> CallsOf(MethodDefinition method) =>
        method
            .Body.Instructions.Where(i => i.OpCode.FlowControl is FlowControl.Call)
            .Select(i => i.Operand)
            .OfType<MethodReference>()
            .Select(called => (called.DeclaringType.FullName, called.Name));
}
