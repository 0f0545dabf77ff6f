using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http;

/// <summary>The whole body of a request, in one piece. Dispose of it when it is read; its bytes are not good afterwards. Not thread-safe.</summary>
internal readonly struct RequestBody : IDisposable
{
    private readonly PipeReader _reader;
    private readonly ReadOnlySequence<byte> _taken;
    private readonly byte[]? _rented;
    private readonly ReadOnlyMemory<byte> _bytes;

    private RequestBody(PipeReader reader, in ReadOnlySequence<byte> taken)
    {
        _reader = reader;
        _taken = taken;
        if (taken.IsSingleSegment)
        {
            _bytes = taken.First;
            return;
        }

        _rented = ArrayPool<byte>.Shared.Rent((int)taken.Length);
        taken.CopyTo(_rented);
        _bytes = _rented.AsMemory(0, (int)taken.Length);
    }

    public ReadOnlySpan<byte> Span => _bytes.Span;

    public bool IsEmpty => _bytes.IsEmpty;

    /// <param name="request">Whose body.</param>
    /// <param name="bytesMax">Largest body, in bytes; a larger one is refused as soon as that is known.</param>
    /// <param name="tooLarge">What is thrown then, given the bound.</param>
    /// <param name="cancel">Ends the wait for more of it.</param>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int bytesMax, Func<int, Exception> tooLarge, CancellationToken cancel)
    {
        if (request.ContentLength > bytesMax) throw tooLarge(bytesMax);
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancel).ConfigureAwait(false);
            if (read.Buffer.Length > bytesMax)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw tooLarge(bytesMax);
            }

            if (read.IsCompleted) return new RequestBody(reader, read.Buffer);
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public void Dispose()
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        _reader?.AdvanceTo(_taken.End);
    }
}
