using System.Security.Cryptography;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.People;
using Clinic.Inbox.Tests.ConsentPages;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Clinic.Inbox.Tests.Security;

/// <summary>
/// Comparing a secret byte by byte tells by its time how much of a guess was right. Read from the built product, since a
/// stopwatch would prove nothing on a busy machine. API keys and private links are looked up by their hash, and what is
/// sealed is opened by Data Protection: neither compares a secret.
/// </summary>
public sealed class SecretComparisonTests
{
    private static readonly Type[] Comparing = [typeof(WebhookVerifier), typeof(SetupCode)];

    /// <summary>Ways to compare that end at the first difference.</summary>
    private static readonly (string Type, string Method)[] Hasty =
    [
        ("System.String", "op_Equality"),
        ("System.String", "op_Inequality"),
        ("System.String", "Equals"),
        ("System.String", "Compare"),
        ("System.String", "CompareOrdinal"),
        ("System.MemoryExtensions", "SequenceEqual"),
        ("System.MemoryExtensions", "Equals"),
        ("System.Linq.Enumerable", "SequenceEqual"),
        ("System.StringComparer", "Equals"),
    ];

    [Fact]
    public void A_secret_is_compared_in_the_same_time_whatever_the_guess()
    {
        var careful = CallersOf.Method(
            typeof(CryptographicOperations).FullName!,
            nameof(CryptographicOperations.FixedTimeEquals)
        );

        foreach (var type in Comparing)
        {
            Assert.Contains(type.FullName!, careful);
            Assert.Empty(CallsOf(type).Where(call => Hasty.Contains(call)));
        }
    }

    private static List<(string Type, string Method)> CallsOf(Type type)
    {
        using var module = ModuleDefinition.ReadModule(type.Assembly.Location);
        return
        [
            .. module
                .GetTypes()
                .Where(t =>
                    t.FullName == type.FullName
                    || t.FullName.StartsWith(type.FullName + "/", StringComparison.Ordinal)
                )
                .SelectMany(t => t.Methods)
                .Where(m => m.HasBody)
                .SelectMany(m => m.Body.Instructions)
                .Where(i => i.OpCode.FlowControl is FlowControl.Call)
                .Select(i => i.Operand)
                .OfType<MethodReference>()
                .Select(called => (called.DeclaringType.FullName, called.Name)),
        ];
    }
}
