using System.Text.Json;
using System.Text.Json.Serialization;
using Mesh.Engine.Storage;

namespace Mesh.Engine.Pools;

/// <summary>Pools and flavors as the catalogue keeps them: each is the metadata of an entry without records. Reads as the store has them now. Thread-safe.</summary>
internal sealed class PoolLines(ILogStore catalogue)
{
    /// <summary>Pools of one mesh.</summary>
    public const int PoolsMax = 200;

    private const string PoolProject = "\u001fpools";
    private const string FlavorProject = "\u001fflavors";

    public static StreamName NameOf(string pool) => StreamName.Queue(pool, PoolProject);

    public static StreamName NameOfFlavor(string flavor) => StreamName.Queue(flavor, FlavorProject);

    /// <summary>All pools, by name.</summary>
    public async ValueTask<IReadOnlyList<PoolLine>> ListAsync(CancellationToken cancel = default) => await ListAsync("", PoolsMax, cancel);

    public async ValueTask<IReadOnlyList<PoolLine>> ListAsync(string after, int limit, CancellationToken cancel) =>
        [.. (await catalogue.ListEntriesAsync(PoolProject, StreamKind.Queue, after, limit, cancel)).Select(PoolLine.Of).OfType<PoolLine>()];

    /// <returns>Null when there is no such pool.</returns>
    public async ValueTask<PoolLine?> FindAsync(string pool, CancellationToken cancel = default) =>
        await catalogue.FindEntryAsync(NameOf(pool), cancel) is { } entry ? PoolLine.Of(entry) : null;

    public async ValueTask<bool> HasFlavorAsync(string flavor, CancellationToken cancel) => await catalogue.FindEntryAsync(NameOfFlavor(flavor), cancel) is not null;

    /// <summary>Names of flavors, in order.</summary>
    public async ValueTask<IReadOnlyList<string>> ListFlavorsAsync(string after, int limit, CancellationToken cancel) =>
        [.. (await catalogue.ListEntriesAsync(FlavorProject, StreamKind.Queue, after, limit, cancel)).Select(entry => entry.Name.Name)];
}

/// <summary>A pool as it is stored.</summary>
/// <param name="Number">The number of its entry, by which its store knows whose it is.</param>
/// <param name="Pool">What it is.</param>
/// <param name="IsClosed">It is being added or deleted, and takes no new queues.</param>
internal sealed record PoolLine(StreamNumber Number, Pool Pool, bool IsClosed)
{
    /// <returns>Null for an entry that has no metadata yet.</returns>
    public static PoolLine? Of(StreamEntry entry)
    {
        if (entry.Metadata.IsEmpty) return null;
        var form = JsonSerializer.Deserialize(entry.Metadata.Span, PoolFormJson.Default.PoolForm)!;
        return new PoolLine(entry.Number, new Pool(entry.Name.Name, form.Uri, form.Weight, form.Flavor, form.Options ?? []), form.IsClosed);
    }

    /// <summary>The stored form.</summary>
    public static byte[] ToStored(Pool pool, bool isClosed) =>
        JsonSerializer.SerializeToUtf8Bytes(new PoolForm(pool.Uri, pool.Weight, pool.Flavor, pool.Options.ToArray(), isClosed), PoolFormJson.Default.PoolForm);
}

internal sealed record PoolForm(string Uri, int Weight, string? Flavor, byte[]? Options, bool IsClosed);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PoolForm))]
internal sealed partial class PoolFormJson : JsonSerializerContext;
