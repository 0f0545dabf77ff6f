namespace Mesh.Storage.AdoNet;

/// <summary>Names a cluster.</summary>
/// <param name="ServiceId">What its data belongs to.</param>
/// <param name="ClusterId">Which silos find each other.</param>
public sealed record ClusterName(string ServiceId, string ClusterId)
{
    public override string ToString() => $"cluster '{ClusterId}' (service '{ServiceId}')";
}
