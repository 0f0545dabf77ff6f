using System.Reflection;
using Mesh.Orleans.Client;
using Mesh.Orleans.Grains;
using Xunit;

namespace Mesh.Orleans.Tests;

public sealed class StreamFollowerTests
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Who_waits_for_a_record_that_another_reader_has_seen_waits_no_longer()
    {
        var follower = new StreamFollower(DispatchProxy.Create<IStreamGrain, SilentGrain>(), new ClusterChanges(), new MeshClientOptions());
        var first = follower.WaitAsync(Sequence.First, CancellationToken.None).AsTask();
        var third = follower.WaitAsync(new Sequence(3), CancellationToken.None).AsTask();
        follower.Observe(PageUpTo(1));
        await first.WaitAsync(TimeMax);
        Assert.False(third.IsCompleted);
        follower.Observe(PageUpTo(3));
        await third.WaitAsync(TimeMax);
    }

    [Fact]
    public async Task Who_waits_looks_again_when_another_reader_has_seen_that_the_stream_was_made_again()
    {
        var follower = new StreamFollower(DispatchProxy.Create<IStreamGrain, SilentGrain>(), new ClusterChanges(), new MeshClientOptions());
        follower.Observe(PageUpTo(1, stream: 1));
        var second = follower.WaitAsync(new Sequence(2), CancellationToken.None).AsTask();
        follower.Observe(PageUpTo(1, stream: 1));
        Assert.False(second.IsCompleted);
        follower.Observe(PageUpTo(1, stream: 2));
        await second.WaitAsync(TimeMax);
    }

    private static RecordPage PageUpTo(long high, long stream = 1) =>
        new([], new Sequence(high + 1), Sequence.First, new Sequence(high)) { Stream = new StreamNumber(stream) };

    /// <summary>Nothing ever comes from it.</summary>
    internal class SilentGrain : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => new ValueTask<RecordPage>(new TaskCompletionSource<RecordPage>().Task);
    }
}
