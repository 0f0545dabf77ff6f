using System.Diagnostics.Metrics;

namespace Mesh.Protocols.Resp;

/// <summary>What the RESP door counts, on the meter <c>Mesh</c>.</summary>
internal static class RespMetrics
{
    private static readonly Meter Meter = new("Mesh");
    private static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>("mesh.resp.connections", "{connection}", "Open RESP connections.");
    private static readonly UpDownCounter<long> Subscribers = Meter.CreateUpDownCounter<long>("mesh.subscribers.live", "{subscriber}", "Connections that are subscribed to something.");
    private static readonly Counter<long> CutOffs = Meter.CreateCounter<long>("mesh.subscribers.cut_off", "{subscriber}", "Subscribers cut off because they read too slowly.");

    public static void Connected(int by) => Connections.Add(by);

    public static void Subscribed(int by) => Subscribers.Add(by);

    public static void CutOff() => CutOffs.Add(1);
}
