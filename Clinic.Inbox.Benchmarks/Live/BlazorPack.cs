using System.Buffers;
using MessagePack;

namespace Clinic.Inbox.Benchmarks.Live;

/// <summary>
/// What a circuit's client writes: SignalR's hub messages in MessagePack, with arguments of few fixed types
/// (github.com/dotnet/aspnetcore, src/SignalR/docs/specs/HubProtocol.md).
/// </summary>
internal static class BlazorPack
{
    public const int Invocation = 1;
    public const int Completion = 3;
    public const int Ping = 6;
    public const int Close = 7;

    public static readonly byte[] PingMessage = WithLength([0x91, Ping]);

    /// <param name="id">Of a call that wants an answer; null: it wants none.</param>
    public static byte[] Call(string? id, string target, params ReadOnlySpan<object?> arguments)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(6);
        writer.Write(Invocation);
        writer.WriteMapHeader(0);
        writer.Write(id);
        writer.Write(target);
        writer.WriteArrayHeader(arguments.Length);
        foreach (var argument in arguments)
        {
            switch (argument)
            {
                case null:
                    writer.WriteNil();
                    break;
                case string text:
                    writer.Write(text);
                    break;
                case long number:
                    writer.Write(number);
                    break;
                case bool yes:
                    writer.Write(yes);
                    break;
                default:
                    throw new NotSupportedException($"A {argument.GetType().Name} is never sent.");
            }
        }
        writer.WriteArrayHeader(0);
        writer.Flush();
        return WithLength(buffer.WrittenSpan);
    }

    private static byte[] WithLength(ReadOnlySpan<byte> message)
    {
        Span<byte> length = stackalloc byte[5];
        var (count, left) = (0, message.Length);
        do
        {
            length[count++] = (byte)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
            left >>= 7;
        } while (left > 0);
        return [.. length[..count], .. message];
    }
}
