using System.Net;
using System.Net.Sockets;

namespace Mesh.SiloHost;

/// <summary>
/// Silos that all died at once are still active in the cluster's table, for nobody was left to vote them dead. Orleans lets a joining silo do that when they
/// have given no sign of life for long enough, but it looks only once, when it joins. So this waits for that moment first.
/// </summary>
/// <param name="table">The cluster's table.</param>
/// <param name="self">Where this silo will listen; whoever was there before it, Orleans knows for dead.</param>
/// <param name="silent">After so long without a sign of life a silo counts as dead.</param>
internal sealed class DeadSilos(IMembershipTable table, IPEndPoint self, TimeSpan silent)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ConnectMax = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Ends at once when there is no silo in the table or one that can be reached, for the living see to the dead. Else ends when none has given a sign of life
    /// for long enough, or after <paramref name="waitMax"/>, for silos that cannot be reached and go on giving signs are somewhere, and Orleans then says which.
    /// </summary>
    public async Task OutwaitAsync(TimeSpan waitMax)
    {
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        for (var giveUpAt = Environment.TickCount64 + (long)waitMax.TotalMilliseconds; Environment.TickCount64 < giveUpAt;)
        {
            var members = (await table.ReadAll()).Members.Select(member => member.Item1);
            var active = members.Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Endpoint.Equals(self)).ToList();
            if (active.TrueForAll(IsSilent) || Array.Exists(await Task.WhenAll(active.Select(IsReachedAsync)), isReached => isReached)) return;
            await Task.Delay(Pause);
        }
    }

    /// <summary>By the clocks of two machines, as Orleans does it.</summary>
    private bool IsSilent(MembershipEntry silo) =>
        DateTime.UtcNow - (silo.IAmAliveTime > silo.StartTime ? silo.IAmAliveTime : silo.StartTime) > silent;

    private static async Task<bool> IsReachedAsync(MembershipEntry silo)
    {
        using var socket = new Socket(silo.SiloAddress.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var end = new CancellationTokenSource(ConnectMax);
        try
        {
            await socket.ConnectAsync(silo.SiloAddress.Endpoint, end.Token);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
