using Clinic.Inbox.Data;

namespace Clinic.Inbox.People;

/// <summary>
/// One try at a time for each account, be it a password or a code. Tries that come at once would all be judged before the
/// first wrong one is counted, and the lockout after five would let through as many as an attacker has connections.
/// </summary>
public sealed class SignInTurns
{
    /// <summary>Accounts share these by chance, which costs a moment and no more.</summary>
    private const int Doors = 256;

    /// <summary>Who waits longer is turned away: behind so many tries there is an attack.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim[] _doors =
    [
        .. Enumerable.Range(0, Doors).Select(_ => new SemaphoreSlim(1, 1)),
    ];

    /// <summary>The turn of an account, to be disposed; null when it did not come in time.</summary>
    /// <param name="email">
    /// In the form in which accounts are looked up: every way to write one leads through the same door. Whether anybody has
    /// it is not asked.
    /// </param>
    public async Task<IDisposable?> TakeAsync(string? email, CancellationToken cancellation)
    {
        var key = StringComparer.Ordinal.GetHashCode(email ?? "");
        var door = _doors[(uint)key % Doors];
        return await door.WaitAsync(Patience, cancellation) ? new Turn(door) : null;
    }

    /// <summary>
    /// The turn of somebody who is known already; they are read anew once it is theirs, since the tries before it were
    /// counted meanwhile.
    /// </summary>
    public async Task<IDisposable?> TakeAsync(
        InboxUser user,
        InboxDb db,
        CancellationToken cancellation
    )
    {
        var turn = await TakeAsync(user.NormalizedEmail, cancellation);
        if (turn is null)
        {
            return null;
        }
        try
        {
            await db.Entry(user).ReloadAsync(cancellation);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private sealed class Turn(SemaphoreSlim door) : IDisposable
    {
        public void Dispose() => door.Release();
    }
}
