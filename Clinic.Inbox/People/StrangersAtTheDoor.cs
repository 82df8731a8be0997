using System.Diagnostics.Metrics;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.People;

/// <summary>
/// Failed tries to sign in of who is nobody here. Anybody can make as many as they like, and the audit log is never emptied:
/// it gets one entry for each source and hour, and not more than <see cref="MostSources"/> an hour. The metric counts all.
/// </summary>
public sealed class StrangersAtTheDoor
{
    /// <summary>Sources that are noted in an hour, on each node.</summary>
    public const int MostSources = 1_000;

    private static readonly Actor Stranger = new("stranger", "A stranger");

    private readonly InboxWriter _writer;
    private readonly TimeProvider _clock;
    private readonly Counter<long> _failures;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);
    private long _hour;

    public StrangersAtTheDoor(InboxWriter writer, TimeProvider clock, IMeterFactory meters)
    {
        (_writer, _clock) = (writer, clock);
        _failures = meters
            .Create("Clinic.Inbox")
            .CreateCounter<long>(
                "clinic.sign_in.strangers",
                description: "Failed sign-ins of emails and passkeys that nobody here has."
            );
    }

    /// <param name="with">For example "password".</param>
    internal async Task NoteAsync(HttpContext context, string with, CancellationToken cancellation)
    {
        _failures.Add(1, new KeyValuePair<string, object?>("with", with));
        // A customer of IPv6 has a whole network to come from.
        var source = SignInLimit.Source(context.Connection.RemoteIpAddress);
        if (!IsNew(source))
        {
            return;
        }
        try
        {
            await _writer.RunAsync(
                async session =>
                {
                    session.Note(
                        Stranger,
                        "user.signInFailed",
                        "",
                        $"{with}, from {SessionPlace.Of(context).Address}; once an hour"
                    );
                    await session.Db.SaveChangesAsync(CancellationToken.None);
                },
                cancellation
            );
        }
        catch
        {
            lock (_lock)
            {
                _noted.Remove(source);
            }
            throw;
        }
    }

    private bool IsNew(string source)
    {
        var hour = _clock.GetUtcNow().Ticks / TimeSpan.TicksPerHour;
        lock (_lock)
        {
            if (hour != _hour)
            {
                _hour = hour;
                _noted.Clear();
            }
            return _noted.Count < MostSources && _noted.Add(source);
        }
    }
}
