using Clinic.Inbox.Data;

namespace Clinic.Inbox.Clients;

/// <summary>What came of writing a client.</summary>
public abstract record ClientResult
{
    private ClientResult() { }

    /// <param name="Client">As it is now, with phones and patients.</param>
    public sealed record Saved(Client Client, bool Created) : ClientResult;

    /// <summary>Nothing was written.</summary>
    /// <param name="Problems">At least one; every field that is wrong is named.</param>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : ClientResult
    {
        /// <summary>The first field that is wrong.</summary>
        public string Field => Problems[0].Field;

        /// <summary>What is wrong with it.</summary>
        public string Problem => Problems[0].Problem;
    }

    /// <summary>There is no such client (any more).</summary>
    public sealed record NotFound : ClientResult;

    /// <summary>The same person is there already: the same name with one of the numbers.</summary>
    public sealed record Conflict(Id<Client> With, string Problem) : ClientResult;
}

/// <summary>What came of writing a patient.</summary>
public abstract record PatientResult
{
    private PatientResult() { }

    public sealed record Saved(Patient Patient, bool Created) : PatientResult;

    /// <inheritdoc cref="ClientResult.Invalid"/>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : PatientResult
    {
        /// <summary>The first field that is wrong.</summary>
        public string Field => Problems[0].Field;

        /// <summary>What is wrong with it.</summary>
        public string Problem => Problems[0].Problem;
    }

    /// <summary>There is no such patient, or no such client to give it to.</summary>
    public sealed record NotFound : PatientResult;
}
