using Mesh.Engine.Rooms;
using Mesh.Orleans.Client;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Rooms;

/// <summary>
/// One room: who has listeners of it, and the order of its messages. Each member is sent what waits for it in one call at a time, so all see one order. A new
/// activation asks the processes of the audience which of them have listeners.
/// </summary>
[Reentrant, ActivationCountBasedPlacement, CollectionAgeLimit(Minutes = 2)]
internal sealed class RoomGrain : Grain, IRoomGrain
{
    /// <summary>What waits for one member at most; beyond it the member misses messages, for nobody waits for a slow one.</summary>
    private static readonly CallBounds Bounds = new(BytesMax: 8 * 1024 * 1024, CallBytesMax: 1024 * 1024, CallItemsMax: 1000);

    private readonly AudienceCopy _audience;
    private readonly byte[] _room;
    private readonly HashSet<IRoomMember> _members = [];
    private readonly Dictionary<IRoomMember, CallLine<ReadOnlyMemory<byte>, int>> _lines = [];
    private IRoomMember[] _matching = [];
    private long _matchingVersion = -1;

    public RoomGrain(AudienceCopy audience)
    {
        _audience = audience;
        _room = RoomKey.Parse(this.GetPrimaryKeyString());
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await _audience.ReadyAsync();
        await Task.WhenAll(_audience.Current.Members.Select(async each =>
        {
            // One that does not answer in time may have listeners; one that has none costs a call.
            if (await ListenersOfAsync(each.Member) is null or > 0) _members.Add(each.Member);
        }));
    }

    public ValueTask JoinAsync(IRoomMember member)
    {
        _members.Add(member);
        return default;
    }

    public ValueTask LeaveAsync(IRoomMember member)
    {
        _members.Remove(member);
        return default;
    }

    public async ValueTask<int[]> PublishAsync(ReadOnlyMemory<byte>[] messages)
    {
        var answers = new List<Task<int>>[messages.Length];
        var targets = Targets();
        for (var i = 0; i < messages.Length; i++)
        {
            answers[i] = [];
            foreach (var target in targets)
                if (LineOf(target).TryAdd(messages[i], messages[i].Length) is { } answer) answers[i].Add(answer);
        }

        var receivers = new int[messages.Length];
        for (var i = 0; i < messages.Length; i++) receivers[i] = (await Task.WhenAll(answers[i])).Sum();
        return receivers;
    }

    public async ValueTask<int> ListenersAsync() => (await Task.WhenAll(_members.Select(ListenersOfAsync))).Sum() ?? 0;

    private HashSet<IRoomMember> Targets()
    {
        var audience = _audience.Current;
        if (audience.Version != _matchingVersion)
        {
            _matching = [.. audience.Members.Where(member => Array.Exists(member.Patterns, pattern => GlobPattern.Matches(pattern, _room))).Select(member => member.Member)];
            _matchingVersion = audience.Version;
        }

        return _matching.Length == 0 ? _members : [.. _members, .. _matching];
    }

    private CallLine<ReadOnlyMemory<byte>, int> LineOf(IRoomMember member)
    {
        if (!_lines.TryGetValue(member, out var line)) _lines[member] = line = new(messages => SendAsync(member, messages), Bounds);
        return line;
    }

    private async ValueTask<IReadOnlyList<int>> SendAsync(IRoomMember member, IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        try
        {
            return await member.HandOutAsync(_room, [.. messages]);
        }
        catch (Exception reason) when (Patience.IsOfTheCluster(reason))
        {
            if (IsGone(reason)) Forget(member);
            return new int[messages.Count];
        }
    }

    /// <returns>Null when it did not answer; 0 when it is gone.</returns>
    private async Task<int?> ListenersOfAsync(IRoomMember member)
    {
        try
        {
            return await member.ListenersAsync(_room);
        }
        catch (Exception reason) when (Patience.IsOfTheCluster(reason))
        {
            if (!IsGone(reason)) return null;
            Forget(member);
            return 0;
        }
    }

    private static bool IsGone(Exception reason) => reason is ClientNotAvailableException or SiloUnavailableException;

    /// <summary>The process is gone. If it is not, it comes back by itself when it hears that the cluster has changed.</summary>
    private void Forget(IRoomMember member) => GrainFactory.GetGrain<IRoomGrain>(this.GetPrimaryKeyString()).LeaveAsync(member).AsTask().ContinueWith(
        _ => GrainFactory.GetGrain<IAudienceGrain>(0).ChangeAsync(new AudienceChange(AudienceChangeKind.Leave, member, null)).AsTask(),
        TaskScheduler.Default).Unwrap().Ignore();
}
