using System.Text;
using Mesh.Engine.Storage;
using Xunit;

namespace Mesh.Contracts.Tests.Storage;

/// <summary>Data that one or more stores can be opened on, as processes would.</summary>
public interface ILogStoreFixture : IAsyncDisposable
{
    /// <returns>A store of its own on the same data, migrated.</returns>
    Task<ILogStore> ConnectAsync();
}

/// <summary>What every suite of <see cref="ILogStore"/> begins with: a store, and names that no other test uses.</summary>
public abstract class LogStoreContract(ILogStoreFixture fixture) : IAsyncLifetime
{
    private readonly List<ILogStore> _stores = [];

    protected string Project { get; } = Guid.NewGuid().ToString("N");

    protected ILogStore Store => _stores[0];

    public async Task InitializeAsync() => await ConnectAsync();

    public async Task DisposeAsync()
    {
        foreach (var store in _stores) await store.DisposeAsync();
        await fixture.DisposeAsync();
    }

    /// <summary>A second store on the same data.</summary>
    protected async Task<ILogStore> ConnectAsync()
    {
        var store = await fixture.ConnectAsync();
        _stores.Add(store);
        return store;
    }

    /// <summary>Ends the store and begins anew on what it left.</summary>
    protected async Task RestartAsync()
    {
        await Store.DisposeAsync();
        _stores.RemoveAt(0);
        _stores.Insert(0, await fixture.ConnectAsync());
    }

    protected StreamName Name(string name) => StreamName.Ring(name, Project);

    /// <summary>Opens a stream of the test's project, and creates it if it is missing.</summary>
    protected async Task<OpenedStream> OpenAsync(string name = "s", ILogStore? store = null) =>
        (await (store ?? Store).OpenAsync([Creating(Name(name))]))[0]!;

    protected static OpenRequest Creating(StreamName name) =>
        new(name, new StreamSeed(StreamOptions.Default, ReadOnlyMemory<byte>.Empty, new RecordTime(1)));

    protected async Task<CommitOutcome> CommitAsync(StreamCommit commit) => (await Store.CommitAsync([commit]))[0];

    protected Task<CommitOutcome> AppendAsync(OpenedStream owner, params BatchRow[] batches) => CommitAsync(Append(owner, batches));

    protected static StreamCommit Append(OpenedStream owner, params BatchRow[] batches) =>
        new() { Stream = owner.Entry.Number, Token = owner.Token, Batches = batches };

    protected static JournalEntry Entry(long number) => new(number, Encoding.UTF8.GetBytes($"entry {number}"));

    /// <summary>All batches of a stream, in one page.</summary>
    protected ValueTask<StoredPage> ReadAllAsync(OpenedStream stream) =>
        Store.ReadAsync(stream.Entry.Number, Sequence.First, Sequence.Max, int.MaxValue);

    /// <summary>First sequences of the batches of a page.</summary>
    protected static long[] Firsts(StoredPage page) => [.. page.Batches.Select(batch => batch.Header.First.Value)];

    /// <summary>The page holds the batches with these first sequences, in this order.</summary>
    protected static void AssertFirsts(StoredPage page, params long[] firsts) => Assert.Equal(firsts, Firsts(page));
}
