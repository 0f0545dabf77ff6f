using System.IO.Pipelines;

namespace Mesh.Protocols.Grpc.Tests.Framing;

/// <summary>Takes everything and keeps nothing.</summary>
internal sealed class Nowhere : PipeWriter
{
    private readonly byte[] _block = new byte[4096];

    public override void Advance(int bytes)
    {
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _block;

    public override Span<byte> GetSpan(int sizeHint = 0) => _block;

    public override void CancelPendingFlush() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null) => throw new NotSupportedException();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
