namespace Mesh;

/// <summary>What a stream keeps, as clients say it. An absent limit does not limit.</summary>
/// <param name="Count">Exactly the last so many records. From 1.</param>
/// <param name="Bytes">Stored bytes; the oldest go, some at a time, while there are more. From 1.</param>
/// <param name="AgeSeconds">Seconds after which a record is gone. From 1 to <see cref="AgeSecondsMax"/>.</param>
public readonly record struct RetentionLimits(long? Count, long? Bytes, long? AgeSeconds)
{
    /// <summary>Ten years.</summary>
    public const long AgeSecondsMax = 10L * 366 * 24 * 60 * 60;

    public bool IsUnlimited => this == default;

    public static RetentionLimits Of(StreamOptions options) =>
        new(options.RetentionCount, options.RetentionBytes, options.RetentionAge is { } age ? (long)age.TotalSeconds : null);

    /// <summary>What is wrong with them; null when nothing is.</summary>
    /// <param name="countName">What the client calls <see cref="Count"/>.</param>
    public string? Fault(string countName)
    {
        if (Count < 1) return $"{countName} must be at least 1; it is {Count}.";
        if (Bytes < 1) return $"bytes must be at least 1; it is {Bytes}.";
        return AgeSeconds is < 1 or > AgeSecondsMax ? $"age must be 1 to {AgeSecondsMax} seconds; it is {AgeSeconds}." : null;
    }

    public StreamOptions ApplyTo(StreamOptions options) => options with
    {
        RetentionCount = Count,
        RetentionBytes = Bytes,
        RetentionAge = AgeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };
}

/// <summary>What several doors do with the catalogue.</summary>
public static class CatalogueChanges
{
    /// <summary>Makes a stream that keeps so much, or changes what one keeps, at once.</summary>
    /// <returns>True when it is new.</returns>
    public static async ValueTask<bool> PutAsync(this ICatalogue catalogue, StreamName name, RetentionLimits limits, CancellationToken cancel = default)
    {
        if (await catalogue.CreateAsync(name, limits.ApplyTo(StreamOptions.Default), default, cancel).ConfigureAwait(false)) return true;
        if (await catalogue.FindAsync(name, cancel).ConfigureAwait(false) is { } entry)
            await catalogue.UpdateAsync(name, limits.ApplyTo(entry.Options), entry.Metadata, cancel).ConfigureAwait(false);
        return false;
    }
}
