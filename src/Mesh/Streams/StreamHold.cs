namespace Mesh;

/// <summary>
/// Names one caller's exclusive use of streams, such as a transaction. Where streams are held under it, calls made within <see cref="Enter"/> pass, and all others wait
/// until they are let go of.
/// </summary>
/// <param name="Id">Another one for each caller and time.</param>
public readonly record struct StreamHold(Guid Id)
{
    /// <summary>A hold of which nothing is heard for so long ends: its caller is gone.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(10);

    private static readonly AsyncLocal<StreamHold?> Flow = new();

    /// <summary>That of the calling flow; null outside of any.</summary>
    public static StreamHold? Current => Flow.Value;

    public static StreamHold New() => new(Guid.NewGuid());

    /// <summary>What this flow calls from now on, until what is returned is disposed of, it calls under the hold.</summary>
    public Scope Enter()
    {
        var before = Flow.Value;
        Flow.Value = this;
        return new Scope(before);
    }

    /// <summary>Ends with the calls under a hold.</summary>
    public readonly struct Scope(StreamHold? before) : IDisposable
    {
        public void Dispose() => Flow.Value = before;
    }
}
