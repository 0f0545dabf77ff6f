using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Protocols.Http.Tests;

public sealed class ErrorMapTests
{
    [Fact]
    public void Every_case_of_an_append_has_a_status()
    {
        var cases = typeof(AppendResult).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(AppendResult)));
        AppendResult[] samples =
        [
            new AppendResult.Appended(new StreamNumber(1), Sequence.First, 1, new RecordTime(1), RingId.None),
            new AppendResult.Duplicate(new StreamNumber(1), Sequence.First, 1),
            new AppendResult.Busy(TimeSpan.FromMilliseconds(1)),
            new AppendResult.TooLarge(100),
            new AppendResult.IdNotGreater(new RingId(5, 1)),
            AppendResult.NoSuchStream.Instance,
        ];
        Assert.Equal(cases.ToHashSet(), samples.Select(sample => sample.GetType()).ToHashSet());
        Assert.Equal([null, null, 429, 413, 409, 404], samples.Select(sample => ErrorMap.Of(sample)?.Status));
    }

    [Fact]
    public void Every_case_of_a_change_of_pools_has_a_status()
    {
        PoolChange[] samples =
        [
            new PoolChange.Done(true), new PoolChange.UriTaken("a"), new PoolChange.Unusable("away"), new PoolChange.HoldsQueues(StreamName.Queue("q")), new PoolChange.InFlavor("gold"),
            new PoolChange.NoSuchPool("a"),
        ];
        Assert.Equal(typeof(PoolChange).GetNestedTypes().ToHashSet(), samples.Select(sample => sample.GetType()).ToHashSet());
        Assert.Equal([null, 409, 400, 403, 403, 400], samples.Select(sample => ErrorMap.Of(sample)?.Status));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1000, 1)]
    [InlineData(1001, 2)]
    public void Busy_tells_when_to_try_again_in_whole_seconds(int milliseconds, int seconds) =>
        Assert.Equal(seconds, ErrorMap.Of(new AppendResult.Busy(TimeSpan.FromMilliseconds(milliseconds)))?.RetryAfterSeconds);

    [Fact]
    public void Failures_of_storage_are_503_and_faults_of_ours_are_not_mapped()
    {
        Assert.Equal(503, ErrorMap.Of(new StorageUnavailableException("disk full at /var"))?.Status);
        Assert.DoesNotContain("/var", ErrorMap.Of(new StorageUnavailableException("disk full at /var"))?.Message, StringComparison.Ordinal);
        Assert.Equal(503, ErrorMap.Of(new StreamFencedException(StreamName.Channel("a")))?.Status);
        Assert.Equal(413, ErrorMap.Of(new BadHttpRequestException("Request body too large.", 413))?.Status);
        Assert.Null(ErrorMap.Of(new InvalidOperationException()));
    }
}
