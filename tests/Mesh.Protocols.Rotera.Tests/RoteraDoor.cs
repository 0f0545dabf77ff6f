using System.Net;

namespace Mesh.Protocols.Rotera.Tests;

/// <summary>An open door, whoever holds it.</summary>
/// <param name="endPoint">Where it listens.</param>
/// <param name="mesh">What it leads to.</param>
public class RoteraDoor(IPEndPoint endPoint, IMesh mesh) : IAsyncDisposable
{
    public IMesh Mesh { get; } = mesh;

    internal Task<RoteraClient> ConnectAsync() => RoteraClient.ConnectAsync(endPoint);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
