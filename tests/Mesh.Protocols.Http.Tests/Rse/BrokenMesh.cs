using Mesh.Testing;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>A mesh whose channels answer every call as a test says, or fail.</summary>
/// <param name="append">The answer to an append; what it throws, every other call throws too.</param>
internal sealed class BrokenMesh(Func<AppendResult> append) : NoGroups, IMesh, ICatalogue, IChannel
{
    public ICatalogue Catalogue => this;

    public INodes Nodes => throw new NotSupportedException();

    public IPools Pools => throw new NotSupportedException();

    public ISchedules Schedules => throw new NotSupportedException();

    public IRooms Rooms => throw new NotSupportedException();

    public IChannel Channel(StreamName name) => this;

    public IQueue Queue(StreamName name) => throw new NotSupportedException();

    public IRing Ring(StreamName name) => throw new NotSupportedException();

    // Rules of topics ask for it at the start, and use it only for topics.
    public IPartition Partition(StreamName name) => null!;

    public IGroupedLog Room(StreamName name) => throw new NotSupportedException();

    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default) => new(append());

    public ValueTask<RecordPage> ReadAsync(ChannelQuery query, CancellationToken cancel = default) => Empty();

    public ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default) => Empty();

    public ValueTask<bool> WaitAsync(ChannelQuery query, Sequence from, TimeSpan timeout, CancellationToken cancel = default) => throw new NotSupportedException();

    public IAsyncEnumerable<RecordPage> TailAsync(Sequence from, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<StreamState> StateAsync(CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<bool> CreateAsync(StreamName name, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default) => new(true);

    public ValueTask<StreamEntry?> FindAsync(StreamName name, CancellationToken cancel = default)
    {
        append();
        return default;
    }

    public ValueTask<bool> UpdateAsync(StreamName name, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default) => new(true);

    public ValueTask<bool> DeleteAsync(StreamName name, CancellationToken cancel = default) => new(true);

    public ValueTask<IReadOnlyList<StreamEntry>> ListAsync(string project, StreamKind kind, string after, int limit, CancellationToken cancel = default) => new([]);

    public ValueTask<long> CountAsync(string project, StreamKind kind, CancellationToken cancel = default) => new(0L);

    private ValueTask<RecordPage> Empty()
    {
        append();
        return new(RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None));
    }
}
