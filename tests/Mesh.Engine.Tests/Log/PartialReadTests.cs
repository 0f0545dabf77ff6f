using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Log;

/// <summary>A read costs what it returns: not the batches that follow, nor the rest of a large batch again for each page of it.</summary>
public sealed class PartialReadTests : IAsyncLifetime
{
    private const int RecordsPerBatch = 100;
    private const int Batches = 12;

    private static readonly StreamName Name = StreamName.Ring("long");
    private static readonly string Body = new('x', 100);

    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private EmbeddedMesh _mesh = null!;

    private IRing Ring => _mesh.Ring(Name);

    public async Task InitializeAsync()
    {
        await StartAsync(new EngineOptions());
        for (var batch = 0; batch < Batches; batch++)
            await Ring.AppendAsync(Given.Segment([.. Enumerable.Range(1, RecordsPerBatch).Select(i => $"{(batch * RecordsPerBatch) + i} {Body}")]));
    }

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_reads_no_batch_that_it_takes_nothing_of(bool backwards)
    {
        var before = _store.BatchesRead;
        var from = new Sequence(backwards ? Batches * RecordsPerBatch : 1);
        var page = await Ring.ReadAsync(new ReadQuery { From = from, Backwards = backwards, RecordsMax = (2 * RecordsPerBatch) - 1 });
        Assert.Equal((2 * RecordsPerBatch) - 1, page.Count);
        Assert.Equal(2, _store.BatchesRead - before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Page_by_page_each_batch_is_read_once(bool backwards)
    {
        var before = _store.BatchesRead;
        Assert.Equal(All(backwards), await ReadAllAsync(backwards, recordsMax: 7));
        Assert.Equal(Batches, _store.BatchesRead - before);
    }

    [Fact]
    public async Task What_is_held_is_bounded()
    {
        await _mesh.DisposeAsync();
        await StartAsync(new EngineOptions { PartlyReadBytesMax = 0 });
        await Ring.StateAsync();
        var before = _store.BatchesRead;
        Assert.Equal(All(backwards: false), await ReadAllAsync(backwards: false, recordsMax: 10));
        Assert.Equal(Batches * RecordsPerBatch / 10, _store.BatchesRead - before);
    }

    [Fact]
    public async Task Trimmed_records_of_a_batch_that_is_held_are_gone()
    {
        await Ring.ReadAsync(new ReadQuery { RecordsMax = 10 });
        await Ring.TrimToCountAsync((Batches * RecordsPerBatch) - 50);
        Assert.Equal([51, 52], (await Ring.ReadAsync(new ReadQuery { RecordsMax = 2 })).Sequences());
        Assert.Equal([51], (await Ring.ReadAsync(new ReadQuery { From = new Sequence(51), Backwards = true, RecordsMax = 2 })).Sequences());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Damaged_batches_are_stepped_over_however_few_records_are_wanted(bool backwards)
    {
        for (var batch = 3; batch < 9; batch++) _store.Damage(new Sequence((batch * RecordsPerBatch) + 1));
        var expected = All(backwards).Where(sequence => sequence is <= 3 * RecordsPerBatch or > 9 * RecordsPerBatch);
        Assert.Equal(expected, await ReadAllAsync(backwards, recordsMax: 9));
    }

    private static IEnumerable<long> All(bool backwards)
    {
        var all = Enumerable.Range(1, Batches * RecordsPerBatch).Select(sequence => (long)sequence);
        return backwards ? all.Reverse() : all;
    }

    private async Task<List<long>> ReadAllAsync(bool backwards, int recordsMax)
    {
        var found = new List<long>();
        for (var next = backwards ? Sequence.Max : Sequence.First; ;)
        {
            var page = await Ring.ReadAsync(new ReadQuery { From = next, Backwards = backwards, RecordsMax = recordsMax });
            if (page.Count == 0) return found;
            found.AddRange(page.Sequences());
            next = page.Next;
        }
    }

    /// <summary>Nothing is in the tail cache: what is read comes from storage.</summary>
    private async Task StartAsync(EngineOptions engine) =>
        _mesh = await EmbeddedMesh.StartAsync(_store, new EmbeddedMeshOptions { Commit = new() { CacheBytesMax = 0 }, Engine = engine }, new ManualClock());
}
