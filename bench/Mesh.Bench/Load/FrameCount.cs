using System.Buffers.Binary;

namespace Mesh.Bench.Load;

/// <summary>Counts gRPC's messages in a response without looking into them.</summary>
internal static class FrameCount
{
    private const int HeaderBytes = 5;
    private const int BufferBytes = 256 * 1024;

    /// <summary>Reads until so many messages of a length from <paramref name="bytesMin"/> on have come.</summary>
    /// <exception cref="InvalidOperationException">The response ended before.</exception>
    public static async Task AsyncOf(Stream response, long messages, int bytesMin)
    {
        var buffer = new byte[BufferBytes];
        var filled = 0;
        long skip = 0;
        while (messages > 0)
        {
            var read = await response.ReadAsync(buffer.AsMemory(filled));
            if (read == 0) throw new InvalidOperationException($"The subscription ended {messages} events too early.");
            filled += read;
            var at = (int)Math.Min(skip, filled);
            skip -= at;
            while (skip == 0 && filled - at >= HeaderBytes && messages > 0)
            {
                var length = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(at + 1));
                skip = HeaderBytes + length;
                if (length >= bytesMin) messages--;
                var taken = (int)Math.Min(skip, filled - at);
                at += taken;
                skip -= taken;
            }

            buffer.AsSpan(at, filled - at).CopyTo(buffer);
            filled -= at;
        }
    }
}
