namespace Mesh.Cluster.Tests;

/// <summary>Who is killed in a test of a cluster, and so must be found dead soon.</summary>
public enum Mortal
{
    Nobody,

    Gateways,

    /// <summary>And gateways.</summary>
    Silos,
}
