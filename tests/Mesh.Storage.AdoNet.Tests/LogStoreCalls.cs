using Mesh.Engine.Storage;

namespace Mesh.Storage.AdoNet.Tests;

/// <summary>Short ways to what the tests of a database are not about.</summary>
internal static class LogStoreCalls
{
    public static async Task<OpenedStream> OpenAsync(this ILogStore store, string name = "s") =>
        (await store.OpenAsync([new OpenRequest(StreamName.Ring(name), new StreamSeed(StreamOptions.Default, default, new RecordTime(1)))]))[0]!;

    public static async Task<CommitOutcome> AppendAsync(this ILogStore store, OpenedStream owner, params BatchRow[] batches) =>
        (await store.CommitAsync([Append(owner, batches)]))[0];

    public static StreamCommit Append(OpenedStream owner, params BatchRow[] batches) =>
        new() { Stream = owner.Entry.Number, Token = owner.Token, Batches = batches };

    public static async Task<StoredPage> ReadAllAsync(this ILogStore store, OpenedStream stream) =>
        await store.ReadAsync(stream.Entry.Number, Sequence.First, Sequence.Max, int.MaxValue);

    /// <summary>The first sequences of all batches of a stream.</summary>
    public static async Task<List<long>> FirstsAsync(this ILogStore store, OpenedStream stream) =>
        [.. (await store.ReadAllAsync(stream)).Batches.Select(batch => batch.Header.First.Value)];
}
