using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Frames;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>Appends that come before their stream is open.</summary>
public sealed class ParkedAppendTests
{
    [Fact]
    public async Task What_is_wrong_with_the_first_append_is_told_to_its_caller_and_to_nobody_else()
    {
        await using var mesh = await EmbeddedMesh.StartAsync(new MemoryLogStore());
        var ring = mesh.Ring(StreamName.Ring("r"));
        var wrong = ring.AppendAsync(OneWithIdAndOneWithout()).AsTask();
        var right = ring.AppendAsync(Given.Segment("a")).AsTask();
        await Assert.ThrowsAsync<ArgumentException>(() => wrong.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.IsType<AppendResult.Appended>(await right.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(["a"], (await ring.ReadAsync(new ReadQuery())).Bodies());
    }

    private static ReadOnlyMemory<byte> OneWithIdAndOneWithout()
    {
        using var writer = new SegmentWriter();
        writer.Add(new RecordFields { Id = new RingId(1, 1) }, "with"u8);
        writer.Add(default, "without"u8);
        return writer.Finish().ToArray();
    }
}
