using System.Collections.Concurrent;
using Xunit;

namespace Mesh.Testing.Doors;

/// <summary>
/// Appends to one stream through random doors, several at once, while others read, follow and claim through others. What the stream holds in the end is the model: every
/// acknowledged append once, those of one writer in its order; each read saw a beginning of it that had all that was acknowledged before, each follower all of it
/// from some record on, and each group every record once, all in its order and under its sequences.
/// </summary>
/// <param name="doors">Of the stream. The first one shows the model.</param>
/// <param name="seed">The same seed chooses the same doors.</param>
internal sealed class Interleaving(IReadOnlyList<StreamDoor> doors, int seed)
{
    private const int Writers = 4;
    private const int Readers = 2;

    private readonly ConcurrentBag<int> _acknowledged = [];
    private readonly ConcurrentBag<Read> _reads = [];
    private readonly ConcurrentBag<(StreamDoor Door, List<StreamDoor.Seen> Seen)> _claims = [];
    private volatile bool _isWritten;

    /// <param name="appends">By each writer.</param>
    public async Task RunAsync(int appends)
    {
        var tails = new List<(StreamDoor Door, StreamTail Tail)>();
        try
        {
            foreach (var door in doors)
                if (await door.TailAsync() is { } tail) tails.Add((door, tail));
            var others = Enumerable.Range(0, Readers).Select(reader => ReadAsync(new Random(seed + Writers + reader))).Concat(doors.Select(ClaimAsync)).ToList();
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(writer, appends, new Random(seed + writer))));
            _isWritten = true;
            await Task.WhenAll(others);
            var model = await doors[0].ReadAsync(Writers * appends);
            CheckModel(model, appends);
            foreach (var read in _reads) CheckRead(read, model);
            foreach (var (door, seen) in _claims) CheckSame(seen, model, $"claimed by {door}");
            foreach (var (door, tail) in tails) CheckSame(await HearAsync(tail, model.Count), model, $"heard by {door}");
        }
        finally
        {
            foreach (var (_, tail) in tails) await tail.DisposeAsync();
        }
    }

    private async Task WriteAsync(int writer, int appends, Random random)
    {
        var open = doors.Where(door => door.Publishes).ToList();
        for (var i = 0; i < appends; i++)
        {
            var number = NumberOf(writer, i, appends);
            await open[random.Next(open.Count)].PublishAsync(number);
            _acknowledged.Add(number);
        }
    }

    private async Task ReadAsync(Random random)
    {
        var open = doors.Where(door => door.Reads).ToList();
        while (!_isWritten)
        {
            var door = open[random.Next(open.Count)];
            var before = _acknowledged.ToArray();
            _reads.Add(new Read(door, before, await door.ReadAsync(before.Length)));
        }
    }

    /// <summary>Claims until nothing is left that was written.</summary>
    private async Task ClaimAsync(StreamDoor door)
    {
        var claimed = new List<StreamDoor.Seen>();
        while (true)
        {
            var isLast = _isWritten;
            if (await door.ClaimAsync() is not { } some) return;
            claimed.AddRange(some);
            if (isLast && some.Count == 0) break;
        }

        _claims.Add((door, claimed));
    }

    private static async Task<List<StreamDoor.Seen>> HearAsync(StreamTail tail, int count)
    {
        var heard = new List<StreamDoor.Seen>();
        while (heard.Count < count) heard.Add(await tail.NextAsync());
        return heard;
    }

    private static void CheckModel(IReadOnlyList<StreamDoor.Seen> model, int appends)
    {
        Assert.Equal(Enumerable.Range(1, Writers * appends), model.Select(record => record.Number).Order());
        for (var i = 1; i < model.Count; i++) Assert.True(model[i - 1].Sequence < model[i].Sequence, $"{model[i]} comes after {model[i - 1]}.");
        foreach (var ofWriter in model.GroupBy(record => (record.Number - 1) / appends))
            Assert.Equal(ofWriter.Select(record => record.Number).Order(), ofWriter.Select(record => record.Number));
    }

    private static void CheckRead(Read read, IReadOnlyList<StreamDoor.Seen> model)
    {
        CheckSame(read.Seen, [.. model.Take(read.Seen.Count)], $"read by {read.Door}");
        var missing = read.Acknowledged.Except(read.Seen.Select(record => record.Number)).ToList();

        // Who reads as many records as were acknowledged may see some that were not yet, in front of them.
        var isWhole = read.Door is not ProtobusStreamDoor;
        Assert.True(!isWhole || missing.Count == 0, $"{read.Door} does not show {string.Join(' ', missing)}, which were acknowledged before it was asked.");
    }

    private static void CheckSame(IReadOnlyList<StreamDoor.Seen> seen, IReadOnlyList<StreamDoor.Seen> model, string how)
    {
        Assert.True(seen.Count == model.Count, $"{how}: {string.Join(' ', seen.Select(record => record.Number))} of {string.Join(' ', model.Select(record => record.Number))}");
        for (var i = 0; i < seen.Count; i++)
            Assert.True(seen[i].Number == model[i].Number && (seen[i].Sequence ?? model[i].Sequence) == model[i].Sequence, $"{how}: {seen[i]} where {model[i]} is.");
    }

    /// <summary>From 1.</summary>
    private static int NumberOf(int writer, int index, int appends) => 1 + writer * appends + index;

    /// <param name="Door">Through which.</param>
    /// <param name="Acknowledged">What was acknowledged before.</param>
    /// <param name="Seen">What it showed.</param>
    private sealed record Read(StreamDoor Door, int[] Acknowledged, IReadOnlyList<StreamDoor.Seen> Seen);
}
