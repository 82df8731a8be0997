namespace Clinic.Inbox.Clients;

/// <summary>What is wrong with one field, in words for whoever filled it in.</summary>
/// <param name="Field">In camelCase, as in the API: <c>email</c>, <c>phones[1].number</c>.</param>
public sealed record FieldProblem(string Field, string Problem);

/// <summary>The practice system's own ids.</summary>
internal static class ExternalIds
{
    public static FieldProblem? Problem(string? externalId) =>
        externalId is { Length: > 0 and <= 100 } && !externalId.Any(char.IsControl)
            ? null
            : new FieldProblem("externalId", "The external id has 1 to 100 characters.");
}

/// <summary>What the clinic calls the things that it gives and the kinds of its visits.</summary>
internal static class Names
{
    public static FieldProblem? Problem(string name) =>
        name is { Length: > 0 and <= 100 } && !name.Any(char.IsControl)
            ? null
            : new FieldProblem("name", "A name has 1 to 100 characters.");
}
