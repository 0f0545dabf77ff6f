namespace Mesh.Protocols.Http.MeshV1;

/// <summary>Bounds of mesh.v1 over HTTP.</summary>
public sealed record MeshV1Options
{
    /// <summary>Bytes of one request's body. Default 16 MiB; 1 KiB to 20 MiB.</summary>
    public int BodyBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Requests that wait for records at once, tails included. Default 20,000; 0 to 1,000,000.</summary>
    public int WaitsMax { get; init; } = 20_000;

    /// <exception cref="ArgumentException">A value is out of its range; the message names the key.</exception>
    public void Check()
    {
        Check(nameof(BodyBytesMax), BodyBytesMax, 1024, 20 * 1024 * 1024);
        Check(nameof(WaitsMax), WaitsMax, 0, 1_000_000);
    }

    private static void Check(string key, int value, int least, int most)
    {
        if (value < least || value > most) throw new ArgumentException($"MeshV1:{key} must be {least} to {most}; it is {value}.");
    }
}
