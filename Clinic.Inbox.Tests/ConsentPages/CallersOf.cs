using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Clinic.Inbox.Tests.ConsentPages;

/// <summary>Who calls a method, read from the built product: a caller that nobody thought of is found too.</summary>
internal static class CallersOf
{
    /// <summary>Full names of the types with such a call, their compiler-made inner types counted as themselves.</summary>
    /// <param name="type">Full name of the type whose member is called.</param>
    /// <param name="method">Its name; <c>.ctor</c> for making one.</param>
    public static IReadOnlyList<string> Method(string type, string method)
    {
        using var module = ModuleDefinition.ReadModule(typeof(Program).Assembly.Location);
        return
        [
            .. module
                .GetTypes()
                .SelectMany(t => t.Methods)
                .Where(m => m.HasBody && m.Body.Instructions.Any(i => Calls(i, type, method)))
                .Select(m => Outermost(m.DeclaringType).FullName)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool Calls(Instruction instruction, string type, string method) =>
        instruction.OpCode.FlowControl is FlowControl.Call or FlowControl.Next
        && instruction.Operand is MethodReference called
        && called.Name == method
        && called.DeclaringType.FullName == type;

    private static TypeDefinition Outermost(TypeDefinition type) =>
        type.DeclaringType is { } outer ? Outermost(outer) : type;
}
