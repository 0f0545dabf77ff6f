using System.IO.Pipelines;
using System.Text;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Encodes one posted event as a segment while its body comes in, so that the body is copied once. Reusable; not thread-safe.</summary>
internal sealed class PublishBuffer : IDisposable
{
    /// <summary>Space made for a body before any of it has come, whatever its announced length.</summary>
    private const int BodyBytesAhead = 64 * 1024;

    private readonly SegmentWriter _segment = new();
    private readonly TagsWriter _tags = new();
    private int _bodyBytes;

    /// <summary>Bytes it holds at the moment.</summary>
    public int Length => _segment.Length;

    /// <summary>Starts the event; <see cref="Write"/> or <see cref="CopyAsync"/> gives it its body.</summary>
    /// <param name="key">Where in the tree.</param>
    /// <param name="producer">The publisher's UUID.</param>
    /// <param name="userAgent">The publisher's whole User-Agent header.</param>
    /// <param name="bodyBytesExpected">As announced; a hint.</param>
    public void Begin(string key, string producer, string userAgent, long bodyBytesExpected)
    {
        _segment.Reset();
        _tags.Reset();
        _bodyBytes = 0;
        Body = default;
        _tags.Add(EventText.UserAgentTag, Encoding.UTF8.GetBytes(userAgent));
        var fields = new RecordFields
        {
            Key = Encoding.UTF8.GetBytes(key),
            Producer = Encoding.UTF8.GetBytes(producer),
            Tags = _tags.Written,
            ContentType = ContentType.Json,
        };
        _segment.Begin(fields, (int)Math.Min(bodyBytesExpected, BodyBytesAhead));
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _segment.Write(bytes);
        _bodyBytes += bytes.Length;
    }

    public async ValueTask CopyAsync(PipeReader body, CancellationToken cancel)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancel).ConfigureAwait(false);
            foreach (var piece in read.Buffer) Write(piece.Span);
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    /// <summary>What was written as the event's body, once it is finished; valid as long as the segment is.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Ends the event.</summary>
    /// <returns>The whole segment, valid until the next <see cref="Begin"/>.</returns>
    public ReadOnlyMemory<byte> Finish()
    {
        _segment.End();
        var segment = _segment.Finish();
        Body = segment[^_bodyBytes..];
        return segment;
    }

    public void Dispose() => _segment.Dispose();
}
