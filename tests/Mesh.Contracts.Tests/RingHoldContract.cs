using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What a hold on a ring promises.</summary>
public abstract class RingHoldContract : MeshContract
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    private IRing Ring => Mesh.Ring(StreamName.Ring("r"));

    private IHoldable Held => (IHoldable)Ring;

    [ContractTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_holds_a_ring_has_it_alone(bool isThere)
    {
        if (isThere) await Ring.AppendAsync(Given.Segment("before"));
        var hold = StreamHold.New();
        await Held.HoldAsync(hold);
        using (hold.Enter()) await Ring.AppendAsync(Given.Segment("one"));
        var other = Ring.AppendAsync(Given.Segment("other")).AsTask();
        var another = Ring.AppendAsync(Given.Segment("another")).AsTask();
        var read = Ring.ReadAsync(new ReadQuery { From = Sequence.First }).AsTask();
        using (hold.Enter())
        {
            await Ring.AppendAsync(Given.Segment("two"));
            var seen = (await Ring.ReadAsync(new ReadQuery { From = Sequence.First })).Bodies();
            Assert.Equal(isThere ? ["before", "one", "two"] : ["one", "two"], seen);
        }

        await Held.LetGoAsync(hold);
        await Task.WhenAll(other, another).WaitAsync(TimeMax);
        Assert.Contains("two", (await read.WaitAsync(TimeMax)).Bodies());
        await Held.LetGoAsync(hold);
        Assert.Equal(["other", "another"], (await Ring.ReadAsync(new ReadQuery { From = Sequence.First })).Bodies().TakeLast(2).ToArray());
    }

    [ContractFact]
    public async Task Appends_that_waited_keep_their_callers_order()
    {
        var hold = StreamHold.New();
        await Held.HoldAsync(hold);
        var waiting = Enumerable.Range(0, 100).Select(i => Ring.AppendAsync(Given.Segment($"{i}")).AsTask()).ToArray();
        using (hold.Enter()) await Ring.AppendAsync(Given.Segment("mine"));
        await Held.LetGoAsync(hold);
        await Ring.AppendAsync(Given.Segment("last"));
        await Task.WhenAll(waiting).WaitAsync(TimeMax);
        var page = await Ring.ReadAsync(new ReadQuery { From = Sequence.First, RecordsMax = 1000 });
        Assert.Equal(["mine", .. Enumerable.Range(0, 100).Select(i => $"{i}"), "last"], page.Bodies());
    }

    [ContractFact]
    public async Task Those_who_want_it_alone_take_turns()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var turn = 0; turn < 5; turn++)
            {
                var hold = StreamHold.New();
                await Held.HoldAsync(hold);
                using (hold.Enter())
                {
                    for (var i = 0; i < 3; i++) await Ring.AppendAsync(Given.Segment($"{caller}:{turn}"));
                }

                await Held.LetGoAsync(hold);
                await Ring.AppendAsync(Given.Segment("single"));
            }
        }))).WaitAsync(TimeMax);
        var all = (await Ring.ReadAsync(new ReadQuery { From = Sequence.First, RecordsMax = 1000 })).Bodies().ToList();
        Assert.Equal(8 * 5 * 4, all.Count);
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i] == "single") continue;
            Assert.Equal([all[i], all[i], all[i]], all.GetRange(i, 3));
            i += 2;
        }
    }

    [ContractFact]
    public async Task A_hold_whose_caller_is_gone_ends()
    {
        await Held.HoldAsync(StreamHold.New());
        var other = Ring.AppendAsync(Given.Segment("other")).AsTask();
        Clock.Advance(StreamHold.SilenceMax);
        Assert.IsType<AppendResult.Appended>(await other.WaitAsync(TimeMax));
    }

    [ContractFact]
    public async Task Calls_under_a_hold_that_ended_by_silence_are_refused_until_it_is_let_go_of()
    {
        var hold = StreamHold.New();
        await Held.HoldAsync(hold);
        using (hold.Enter()) await Ring.AppendAsync(Given.Segment("one"));
        var other = Ring.AppendAsync(Given.Segment("other")).AsTask();
        Clock.Advance(StreamHold.SilenceMax);
        await other.WaitAsync(TimeMax);
        using (hold.Enter())
        {
            var lost = await Assert.ThrowsAsync<StreamHoldLostException>(async () => await Ring.AppendAsync(Given.Segment("two")).AsTask().WaitAsync(TimeMax));
            Assert.Equal("r", lost.Stream.Name);
            await Assert.ThrowsAsync<StreamHoldLostException>(async () => await Ring.ReadAsync(new ReadQuery { From = Sequence.First }).AsTask().WaitAsync(TimeMax));
            await Assert.ThrowsAsync<StreamHoldLostException>(async () => await Ring.TrimToCountAsync(0).AsTask().WaitAsync(TimeMax));
            await Assert.ThrowsAsync<StreamHoldLostException>(async () => await Ring.StateAsync().AsTask().WaitAsync(TimeMax));
        }

        Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.Segment("another")).AsTask().WaitAsync(TimeMax));
        await Held.LetGoAsync(hold);
        using (hold.Enter()) Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.Segment("free")).AsTask().WaitAsync(TimeMax));
        Assert.Equal(["one", "other", "another", "free"], (await Ring.ReadAsync(new ReadQuery { From = Sequence.First })).Bodies());
    }
}
