using System.Globalization;

namespace Mesh.Gateway;

/// <summary>No silo of the cluster answered when the gateway started.</summary>
internal sealed class NoSiloException(GatewayOptions options, Exception inner) : Exception(
    string.Create(CultureInfo.InvariantCulture, $"No silo of cluster '{options.Cluster.ClusterId}' answered within {options.SiloWait.TotalSeconds:0} s (--silo-wait). Start silos, and see that this machine reaches the addresses they advertise. ({inner.Message})"),
    inner);
