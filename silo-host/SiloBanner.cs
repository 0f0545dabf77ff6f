using System.Globalization;
using System.Text;
using Mesh.Hosting;
using Mesh.Hosting.Doors;

namespace Mesh.SiloHost;

/// <summary>What is printed when the silo has joined its cluster.</summary>
internal static class SiloBanner
{
    public static string Write(SiloHostOptions options, IReadOnlyList<Door> doors)
    {
        var cluster = options.Cluster;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Mesh {typeof(SiloBanner).Assembly.GetName().Version?.ToString(3)} silo of cluster {cluster.ClusterId} (service {cluster.ServiceId}). Data: {DataPlace.Describe(options.Data)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"  silos     {options.Advertise}:{options.SiloPort}\n  gateways  {options.Advertise}:{options.GatewayPort}\n");
        foreach (var door in doors) text.Append(CultureInfo.InvariantCulture, $"  HTTP      http://{door.EndPoint}  /healthz/live, /healthz/ready, /metrics\n");
        return text.Append("\nOptions: --help. Ctrl+C or SIGTERM finishes what was accepted, gives the streams to other silos, then stops.\n").ToString();
    }
}
