namespace Mesh.Orleans.Grains;

/// <summary>Lists of streams, for those who have no store. One grain, with key 0, active on every silo that is asked.</summary>
public interface ICatalogueGrain : IGrainWithIntegerKey
{
    /// <summary>As <see cref="ICatalogue.ListAsync"/>.</summary>
    ValueTask<StreamEntry[]> ListAsync(string project, byte kind, string after, int limit, CancellationToken cancel = default);

    /// <summary>As <see cref="ICatalogue.CountAsync"/>.</summary>
    ValueTask<long> CountAsync(string project, byte kind, CancellationToken cancel = default);
}
