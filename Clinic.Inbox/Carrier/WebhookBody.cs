using System.Buffers;

namespace Clinic.Inbox.Carrier;

/// <summary>The raw bytes of a webhook, in a rented buffer, at most 1 MiB.</summary>
internal sealed class WebhookBody : IDisposable
{
    /// <summary>Bytes that a webhook may have (contract: over 1 MiB is 413).</summary>
    public const int Limit = 1024 * 1024;

    private byte[] _buffer;
    private int _length;

    private WebhookBody(int expected) => _buffer = ArrayPool<byte>.Shared.Rent(expected);

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads to the end; null as soon as it is over the limit, whether a length was announced or not.</summary>
    public static async ValueTask<WebhookBody?> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > Limit)
        {
            return null;
        }
        var body = new WebhookBody((int)(request.ContentLength ?? 0) + 1024);
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(
                    body._buffer.AsMemory(body._length),
                    request.HttpContext.RequestAborted
                );
                if (read == 0)
                {
                    return body;
                }
                body._length += read;
                if (body._length > Limit)
                {
                    body.Dispose();
                    return null;
                }
                body.Grow();
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
        }
    }

    private void Grow()
    {
        if (_length < _buffer.Length)
        {
            return;
        }
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
