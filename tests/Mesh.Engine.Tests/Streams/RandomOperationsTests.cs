using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>A ring against <see cref="StreamModel"/>, by random operations with restarts and storage faults among them.</summary>
public sealed class RandomOperationsTests
{
    private static readonly StreamName Name = StreamName.Ring("model");

    public static TheoryData<int, string> Seeds() => LogRun.Seeds(12);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_stream_behaves_as_a_plain_list(int seed, string retention)
    {
        await using var run = new Run(seed, retention);
        await run.PlayAsync(Name, 300);
    }

    private sealed class Run(int seed, string retention) : LogRun(seed, retention, hasIds: true)
    {
        private IRing Ring => Mesh.Ring(Name);

        protected override IStreamLog LogOf(IMesh mesh) => mesh.Ring(Name);

        protected override Task StepOfKindAsync() => Random.Next(5) switch
        {
            < 2 => RangeByIdAsync(),
            < 4 => TrimAsync(),
            _ => TrimInTroubleAsync(),
        };

        private async Task RangeByIdAsync()
        {
            if (Model.High == 0) return;
            var first = Random.NextInt64(1, Model.High + 1);
            var last = Math.Min(Model.High, first + Random.Next(20));
            var backwards = Random.Next(2) == 0;
            var page = await Ring.RangeAsync(Model.At(first).Id, Model.At(last).Id, 100, backwards);
            var expected = Model.Read(first, (int)(last - first + 1), backwards: false).Where(sequence => sequence <= last).ToList();
            if (backwards) expected.Reverse();
            Assert.Equal(expected, page.Sequences());
        }

        private async Task TrimAsync()
        {
            var keep = Random.Next(0, 40);
            Assert.Equal(Model.TrimToCount(keep), await Ring.TrimToCountAsync(keep));
        }

        /// <summary>The commit of a trim goes wrong: either all of it holds, or nothing.</summary>
        private async Task TrimInTroubleAsync()
        {
            await AppendAsync();
            var keep = Random.Next(0, 40);
            var fault = (CommitFault)Random.Next(1, 4);
            var takes = Model.Kept().Count() > keep;
            var trim = FailAsync(fault, () => Ring.TrimToCountAsync(keep));
            if (takes && fault != CommitFault.UnknownStored) await Assert.ThrowsAsync<StorageUnavailableException>(() => trim);
            else Assert.Equal(Model.TrimToCount(keep), await trim);
            Store.FailNextCommit(CommitFault.None);
        }
    }
}
