using Mesh.Embedded;
using Mesh.Engine.Queues;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Queues;

/// <summary>What the queue for dead letters is told of moves, so that it need not know them for ever.</summary>
public sealed class DeadLetterMoverTests : IAsyncLifetime
{
    private static readonly StreamNumber Source = new(7);
    private static readonly StreamName Target = StreamName.Queue("dead");

    private readonly List<MoveOrigin> _told = [];
    private DeadLetterMover _mover = null!;
    private EmbeddedMesh _mesh = null!;

    public async Task InitializeAsync()
    {
        _mesh = await EmbeddedMesh.StartAsync(new MemoryLogStore(), clock: new ManualClock());
        _mover = new DeadLetterMover(name => new Listening(_mesh.Queue(name), _told));
    }

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Fact]
    public async Task A_move_is_told_to_be_settled_once_and_only_after_its_record_is_gone()
    {
        await MoveAsync(1, 2);
        await MoveAsync(3);
        _mover.Settle(Source, Target, [new Sequence(1), new Sequence(2)]);
        await MoveAsync(4, 5);
        await MoveAsync(6);
        Assert.Equal([0, 0, 0, 2, 0, 0], _told.ConvertAll(origin => origin.Settled.Count));
        Assert.Equal([new Sequence(1), new Sequence(2)], _told[3].Settled);
    }

    [Fact]
    public async Task What_could_not_be_told_is_told_again_and_nothing_of_another_queue_is()
    {
        await MoveAsync(1);
        _mover.Settle(Source, Target, [new Sequence(1)]);
        await MoveAsync(1);
        await MoveAsync(2);
        await _mover.MoveAsync(new StreamNumber(8), Target, [new DeadLetter(new Sequence(1), Given.Segment("x"))]);
        Assert.Equal([0, 1, 1, 0], _told.ConvertAll(origin => origin.Settled.Count));
    }

    private async Task MoveAsync(params long[] sequences) =>
        Assert.Empty(await _mover.MoveAsync(Source, Target, [.. sequences.Select(sequence => new DeadLetter(new Sequence(sequence), Given.Segment("x")))]));

    private sealed class Listening(IStreamLog inner, List<MoveOrigin> told) : IStreamLog
    {
        public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default)
        {
            told.Add(options.Origin!.Value);
            return inner.AppendAsync(segment, options);
        }

        public ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default) => inner.ReadAsync(query, cancel);

        public IAsyncEnumerable<RecordPage> TailAsync(Sequence from, CancellationToken cancel = default) => inner.TailAsync(from, cancel);

        public ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default) => inner.WaitAsync(until, timeout, cancel);

        public ValueTask<StreamState> StateAsync(CancellationToken cancel = default) => inner.StateAsync(cancel);
    }
}
