namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>
/// What one screen shows, read out of its render batches: of each client the newest text, and how many are unread on the
/// desk. A batch holds its strings as plain UTF-8, which is all that is looked at.
/// </summary>
internal sealed class Shown(Desk desk)
{
    /// <summary>The clients who text.</summary>
    public const int Phones = 40;

    /// <summary>A single row never counts as many unread texts; the desk does.</summary>
    private const int MostOfARow = 200;

    private readonly int[] _newest = Enumerable.Repeat(-1, Phones).ToArray();

    /// <summary>Unread texts of the desk as last drawn; 0 until they are more than a row may have.</summary>
    public int Unread { get; private set; }

    public long Batches { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The number of the text that a client's row shows; -1: none yet.</summary>
    public int NewestOf(int phone) => Volatile.Read(ref _newest[phone]);

    /// <summary>The text's number: its remainder by 2,000 is the phone.</summary>
    public static int NumberOf(int count) => count / Phones * 2_000 + count % Phones;

    public void Take(ReadOnlySpan<byte> batch)
    {
        Batches++;
        Bytes += batch.Length;
        ReadTexts(batch);
        ReadUnread(batch);
    }

    private void ReadTexts(ReadOnlySpan<byte> batch)
    {
        var before = "sorry ("u8;
        for (int at; (at = batch.IndexOf(before)) >= 0; )
        {
            batch = batch[(at + before.Length)..];
            var (number, length) = (0, 0);
            while (length < batch.Length && batch[length] is >= (byte)'0' and <= (byte)'9')
            {
                number = number * 10 + batch[length++] - '0';
            }
            var phone = number % 2_000;
            if (phone < Phones && _newest[phone] != number)
            {
                Volatile.Write(ref _newest[phone], number);
                desk.Seen(number);
            }
        }
    }

    private void ReadUnread(ReadOnlySpan<byte> batch)
    {
        var after = " unread texts"u8;
        for (int at; (at = batch.IndexOf(after)) >= 0; batch = batch[(at + after.Length)..])
        {
            var (number, unit, digit) = (0, 1, at - 1);
            while (digit >= 0 && batch[digit] is >= (byte)'0' and <= (byte)'9')
            {
                number += (batch[digit--] - '0') * unit;
                unit *= 10;
            }
            if (number > MostOfARow)
            {
                Unread = number;
            }
        }
    }
}
