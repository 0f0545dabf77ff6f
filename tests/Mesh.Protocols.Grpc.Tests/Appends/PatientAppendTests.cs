using Mesh.Protocols.Grpc.Appends;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.Tests.Protobus;
using Mesh.Testing;
using Mesh.Topics;

namespace Mesh.Protocols.Grpc.Tests.Appends;

public sealed class PatientAppendTests
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(1);
    private static readonly AppendResult Appended = new AppendResult.Appended(default, Sequence.First, 1, default, default);
    private static readonly AppendResult Busy = new AppendResult.Busy(TimeSpan.FromMilliseconds(100));

    private readonly ManualClock _clock = new();
    private int _attempts;

    [Fact]
    public async Task A_busy_partition_is_tried_again_when_it_says()
    {
        await Inline.Continuations;
        var appending = Append(() => _attempts < 3 ? Busy : Appended);
        Assert.Equal(1, _attempts);
        _clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(1, _attempts);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        await appending;
        Assert.Equal(3, _attempts);
    }

    [Fact]
    public async Task A_partition_busy_for_longer_than_the_wait_is_exhausted()
    {
        await Inline.Continuations;
        var appending = Append(() => Busy);
        for (var step = 0; step < 10; step++) _clock.Advance(TimeSpan.FromMilliseconds(100));
        var refused = await Assert.ThrowsAsync<GrpcException>(() => appending);
        Assert.Equal(StatusCode.ResourceExhausted, refused.Status.Code);
        Assert.Equal(11, _attempts);
    }

    [Fact]
    public async Task When_the_deadline_passes_there_is_one_more_attempt_and_no_other()
    {
        await Inline.Continuations;
        using var deadline = new CancellationTokenSource();
        var appending = Append(() => Busy, deadline.Token);
        await deadline.CancelAsync();
        await Assert.ThrowsAsync<GrpcException>(() => appending);
        Assert.Equal(2, _attempts);
    }

    [Fact]
    public async Task A_partition_that_moved_is_asked_again()
    {
        await Inline.Continuations;
        var appending = Append(() => _attempts == 1 ? throw new StreamFencedException(TopicHomes.Events) : Appended);
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        await appending;
        Assert.Equal(2, _attempts);
    }

    [Fact]
    public async Task A_segment_that_is_too_large_is_not_offered_again()
    {
        await Inline.Continuations;
        var refused = await Assert.ThrowsAsync<GrpcException>(() => Append(() => new AppendResult.TooLarge(5)));
        Assert.Equal(StatusCode.ResourceExhausted, refused.Status.Code);
        Assert.Equal(1, _attempts);
    }

    private Task Append(Func<AppendResult> answer, CancellationToken deadline = default)
    {
        ValueTask<AppendResult> Try(ReadOnlyMemory<byte> segment, AppendOptions options)
        {
            _attempts++;
            return ValueTask.FromResult(answer());
        }

        return new PatientAppend(Try, WaitMax, _clock, deadline).AppendAsync(Given.Segment("x"));
    }
}
