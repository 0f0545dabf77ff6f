using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mesh.Protocols.Resp.Sockets;

/// <summary>An array of <c>struct epoll_event</c>, which is packed on x86-64 and aligned elsewhere (epoll_ctl(2)).</summary>
internal sealed class PolledEvents
{
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private readonly byte[] _bytes;

    public PolledEvents(int count) => _bytes = GC.AllocateArray<byte>(count * Size, pinned: true);

    private static int Size => DataOffset + sizeof(long);

    public int Count => _bytes.Length / Size;

    public unsafe void* Pointer => Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));

    public static PolledEvents One(uint events, long id)
    {
        var one = new PolledEvents(1);
        MemoryMarshal.Write(one._bytes.AsSpan(), events);
        MemoryMarshal.Write(one._bytes.AsSpan(DataOffset), id);
        return one;
    }

    public uint EventsAt(int index) => MemoryMarshal.Read<uint>(_bytes.AsSpan(index * Size));

    public long IdAt(int index) => MemoryMarshal.Read<long>(_bytes.AsSpan((index * Size) + DataOffset));
}
