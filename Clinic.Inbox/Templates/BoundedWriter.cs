using System.Text;

namespace Clinic.Inbox.Templates;

/// <summary>More came out of a template than a text can carry.</summary>
internal sealed class OutputTooLongException(int most)
    : Exception($"More than {most} characters came out of a template.");

/// <summary>Takes so much and no more.</summary>
internal sealed class BoundedWriter(int most)
    : StringWriter(System.Globalization.CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => Encoding.Unicode;

    public override void Write(char value)
    {
        Make(1);
        base.Write(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Make(count);
        base.Write(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Make(buffer.Length);
        base.Write(buffer);
    }

    public override void Write(string? value)
    {
        Make(value?.Length ?? 0);
        base.Write(value);
    }

    private void Make(int room)
    {
        if (GetStringBuilder().Length + room > most)
        {
            throw new OutputTooLongException(most);
        }
    }
}
