using System.Net;

namespace Mesh.Testing.Faults.Loads;

/// <summary>Where one process of Mesh listens.</summary>
public sealed record OpenDoors(IPEndPoint Resp, Uri Http, Uri Rse, Uri Grpc);
