using Mesh.Contracts.Tests.Storage;
using Mesh.Engine.Storage;

namespace Mesh.Engine.Tests.Storage;

public sealed class MemoryOpenTests() : LogStoreOpenContract(new MemoryFixture());

public sealed class MemoryCommitTests() : LogStoreCommitContract(new MemoryFixture());

public sealed class MemoryReadTests() : LogStoreReadContract(new MemoryFixture());

public sealed class MemoryTrimTests() : LogStoreTrimContract(new MemoryFixture());

public sealed class MemoryCatalogueTests() : LogStoreCatalogueContract(new MemoryFixture());

/// <summary>What is in memory outlives the disposal of its store, and so stands for a restart.</summary>
public sealed class MemoryFixture : ILogStoreFixture
{
    private readonly MemoryLogStore _store = new();

    public Task<ILogStore> ConnectAsync() => Task.FromResult<ILogStore>(_store);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
