using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

public sealed class AllocationTests
{
    [Fact]
    public async Task Reading_a_page_walks_its_records_without_allocating_for_any()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(new MemoryLogStore());
        var ring = mesh.Ring(StreamName.Ring("r"));
        await ring.AppendAsync(Given.Segment([.. Enumerable.Range(0, 1000).Select(i => $"{i}")]));
        var page = await ring.ReadAsync(new ReadQuery());
        Walk(page);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var bytes = Walk(page);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2890, bytes);
    }

    [Fact]
    public async Task Commits_of_batches_alone_are_the_same_object_each_time()
    {
        var store = new FaultyLogStore(new MemoryLogStore());
        await using var mesh = await EmbeddedMesh.StartAsync(store, clock: new ManualClock());
        var ring = mesh.Ring(StreamName.Ring("r"));
        await ring.AppendAsync(Given.Segment("a"));
        var first = store.Last;
        await ring.AppendAsync(Given.Segment("b"));
        Assert.Same(first, store.Last);
        await ring.TrimToCountAsync(1);
        Assert.NotSame(first, store.Last);
        await ring.AppendAsync(Given.Segment("c"));
        Assert.Same(first, store.Last);
        Assert.Equal(["b", "c"], (await ring.ReadAsync(new ReadQuery())).Bodies());
    }

    private static int Walk(RecordPage page)
    {
        var bytes = 0;
        foreach (var record in page) bytes += record.Body.Length;
        return bytes;
    }
}
