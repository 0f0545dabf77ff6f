namespace Mesh.Orleans.Grains;

/// <summary>One of several appends that travel together.</summary>
[GenerateSerializer, Immutable]
public readonly record struct AppendItem
{
    /// <summary>The segment.</summary>
    [Id(0)]
    public ReadOnlyMemory<byte> Segment { get; init; }

    /// <summary>How.</summary>
    [Id(1)]
    public AppendOptions Options { get; init; }
}
