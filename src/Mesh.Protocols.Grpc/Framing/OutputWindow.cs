using System.IO.Pipelines;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>Fills the pipe's own blocks one after another, so that small pieces cost a copy each and no call into the pipe.</summary>
internal ref struct OutputWindow(PipeWriter output)
{
    private readonly PipeWriter _output = output;
    private Span<byte> _block;
    private int _used;

    public long Written { get; private set; }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        Written += bytes.Length;
        while (!bytes.TryCopyTo(_block[_used..]))
        {
            var fits = _block.Length - _used;
            bytes[..fits].CopyTo(_block[_used..]);
            _used += fits;
            bytes = bytes[fits..];
            NextBlock();
        }

        _used += bytes.Length;
    }

    public void Close()
    {
        if (_used > 0) _output.Advance(_used);
        _used = 0;
        _block = default;
    }

    private void NextBlock()
    {
        Close();
        _block = _output.GetSpan();
    }
}
