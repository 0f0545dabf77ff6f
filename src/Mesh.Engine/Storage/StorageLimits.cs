using System.Text;

namespace Mesh.Engine.Storage;

/// <summary>Bounds of <see cref="ILogStore"/>'s arguments, checked by every store alike.</summary>
public static class StorageLimits
{
    /// <summary>Most places in one answer of <see cref="ILogStore.PlacesAsync"/>.</summary>
    public const int PlacesMax = 10_000;

    /// <summary>Most entries in one answer of <see cref="ILogStore.ListEntriesAsync"/> or <see cref="ILogStore.ListStoredAsync"/>.</summary>
    public const int EntriesMax = 1000;

    /// <summary>Batches that one transaction deletes below low watermarks, over all its streams, at most; more if it adds more (<see cref="TrimAllowance"/>).</summary>
    public const int TrimBatchesMax = 1024;

    /// <summary>Bytes of batches after which a transaction deletes no further one below low watermarks; more if it adds more (<see cref="TrimAllowance"/>).</summary>
    public const long TrimBytesMax = 8 * 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentOutOfRangeException">The limit is not 1 to <see cref="PlacesMax"/>.</exception>
    public static void CheckPlaces(int limit) => Check(limit, PlacesMax);

    /// <exception cref="ArgumentOutOfRangeException">The limit is not 1 to <see cref="EntriesMax"/>.</exception>
    public static void CheckEntries(int limit) => Check(limit, EntriesMax);

    /// <summary>Refuses what has no UTF-8 form: two such names would become one in a database.</summary>
    /// <exception cref="ArgumentException">Project or name hold a lone surrogate.</exception>
    public static void CheckName(StreamName name)
    {
        try
        {
            Utf8.GetByteCount(name.Project);
            Utf8.GetByteCount(name.Name);
        }
        catch (EncoderFallbackException lone)
        {
            throw new ArgumentException($"The name of a stream must be text; this one holds half a surrogate pair at index {lone.Index}.", nameof(name), lone);
        }
    }

    private static void Check(int limit, int most)
    {
        if (limit < 1 || limit > most) throw new ArgumentOutOfRangeException(nameof(limit), limit, $"The limit must be 1 to {most}.");
    }
}
