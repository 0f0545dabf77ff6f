using Mesh.Orleans.Client;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Rooms;

/// <summary>
/// One room: which processes have listeners of it, and the order of its messages. Each process is sent what waits for it in one call at a time, so all see one
/// order. A new activation knows its members from grain storage before it takes a message; where there is none, it asks the processes of the audience. The
/// messages of a room that keeps a history go there first, and come from there to the listeners.
/// </summary>
[Reentrant, ActivationCountBasedPlacement, CollectionAgeLimit(Minutes = 2)]
internal sealed class RoomGrain : Grain, IRoomGrain, IFollowed
{
    /// <summary>What waits for one process at most; beyond it the process misses messages, for nobody waits for a slow one.</summary>
    private static readonly CallBounds Bounds = new(BytesMax: 8 * 1024 * 1024, CallBytesMax: 1024 * 1024, CallItemsMax: 1000);

    private readonly AudienceCopy _audience;
    private readonly RoomReach _reach;
    private readonly IGrainFactory _grains;
    private readonly StoredState<RoomState> _stored;
    private readonly byte[] _room;
    private readonly RoomKeeping _history;
    private readonly HashSet<RoomProcess> _members = [];

    private readonly CancellationTokenSource _leaving = new();
    private readonly Dictionary<RoomProcess, CallLine<RoomPosts, int[]>> _lines = [];
    private RoomProcess[] _matching = [];
    private long _matchingVersion = -1;

    public RoomGrain(AudienceCopy audience, RoomReach reach, SiloEngine silo)
    {
        _audience = audience;
        _reach = reach;
        _grains = GrainFactory; // the grain's own refuses whoever asks outside of its turns
        _stored = new StoredState<RoomState>("room", GrainContext);
        _room = RoomKey.Parse(this.GetPrimaryKeyString());
        _history = new RoomKeeping(silo, _grains, _room);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var looking = _history.LookAsync();
        await _audience.ReadyAsync();
        if (await _stored.LoadAsync() is { } state) _members.UnionWith(state.Members.Where(member => !_reach.IsDead(member)));
        else await Task.WhenAll(_audience.Current.Members.Select(AskAsync));
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext); // asked again when it matters
    }

    /// <summary>
    /// A silo that ends loses the way to processes that were connected to it. So nobody is kept waiting any longer: publishers are refused, and ask the next
    /// activation, under the same numbers. What is on its way goes on, in order.
    /// </summary>
    public void EndFollowing() => _leaving.Cancel();

    public ValueTask JoinAsync(RoomProcess process) => _members.Add(process) ? SaveAsync() : default;

    public ValueTask LeaveAsync(RoomProcess process)
    {
        _lines.Remove(process);
        return _members.Remove(process) ? SaveAsync() : default;
    }

    public async ValueTask<int[]> PublishAsync(RoomPosts posts) => await PublishHereAsync(posts).WaitAsync(_leaving.Token);

    public ValueTask HandOutKeptAsync(RoomPosts posts)
    {
        _history.OnHandedOut(posts, HandOutAsync(posts));
        return default;
    }

    public async ValueTask OnHistoryChangedAsync() => await _history.LookAsync();

    public async ValueTask<int> ListenersAsync() =>
        (await Task.WhenAll(_members.Select(async member => (await ListenersOfAsync(member)).Answer)).WaitAsync(_leaving.Token)).Sum();

    private async Task<int[]> PublishHereAsync(RoomPosts posts)
    {
        if (!_history.IsNone && await _history.KeepsAsync() && await _history.AppendAsync(posts) is { } receivers) return receivers;
        return await HandOutAsync(posts);
    }

    public async ValueTask<RoomMember[]> MembersAsync()
    {
        var members = await Task.WhenAll(_members.Select(MembersOfAsync));
        return [.. members.SelectMany(ofProcess => ofProcess).Take(IRooms.MembersMax)];
    }

    /// <summary>Hands messages to all members. A process that does not answer in time is not waited for and counts for nobody; what it was sent stays in its line.</summary>
    private async Task<int[]> HandOutAsync(RoomPosts posts)
    {
        var answers = new List<(Task<int[]> Answer, Task<bool> IsAnswered)>();
        foreach (var target in Targets())
            if (LineOf(target).TryAdd(posts, posts.Bytes.Length) is { } answer) answers.Add((answer, _reach.AnswersAsync(target, answer).AsTask()));
        var receivers = new int[posts.Count];
        foreach (var (answer, isAnswered) in answers)
        {
            if (!await isAnswered) continue;
            var reached = await answer;
            for (var i = 0; i < receivers.Length; i++) receivers[i] += reached[i];
        }

        return receivers;
    }

    private HashSet<RoomProcess> Targets()
    {
        var audience = _audience.Current;
        if (audience.Version != _matchingVersion)
        {
            _matching = ShardRooms.Contains(_room) ? [] : [.. audience.Members.Where(member => Array.Exists(member.Patterns, pattern => GlobPattern.Matches(pattern, _room))).Select(member => member.Process)];
            _matchingVersion = audience.Version;
        }

        return _matching.Length == 0 ? _members : [.. _members, .. _matching];
    }

    private CallLine<RoomPosts, int[]> LineOf(RoomProcess process)
    {
        if (!_lines.TryGetValue(process, out var line)) _lines[process] = line = new(posts => SendAsync(process, posts), Bounds);
        return line;
    }

    /// <summary>Not in the grain's turns.</summary>
    private async ValueTask<IReadOnlyList<int[]>> SendAsync(RoomProcess process, IReadOnlyList<RoomPosts> posts)
    {
        RoomPosts[] sent = [.. posts];
        var reached = await _reach.HandAsync(process, member => member.HandOutAsync(_room, sent));
        if (reached.How == ReachedHow.Gone) Forget(process);
        return reached.Answer ?? Array.ConvertAll(sent, one => new int[one.Count]);
    }

    /// <summary>One that does not answer may have listeners; one that has none costs a call.</summary>
    private async Task AskAsync(AudienceMember member)
    {
        var listeners = await ListenersOfAsync(member.Process);
        if (listeners.How == ReachedHow.Silent || listeners.Answer > 0) _members.Add(member.Process);
    }

    private async Task<Reached<int>> ListenersOfAsync(RoomProcess process)
    {
        var listeners = await _reach.CallAsync(process, member => member.ListenersAsync(_room), isPatient: !_reach.IsSilent(process));
        if (listeners.How == ReachedHow.Gone) Forget(process);
        return listeners;
    }

    /// <summary>A process that does not answer may be dead, and its clients with it.</summary>
    private async Task<RoomMember[]> MembersOfAsync(RoomProcess process)
    {
        var members = await _reach.CallAsync(process, member => member.MembersAsync(_room), isPatient: false);
        if (members.How == ReachedHow.Gone) Forget(process);
        return members.Answer ?? [];
    }

    private async ValueTask SaveAsync() => await _stored.SaveAsync(() => _members.Count == 0 ? null : new RoomState { Members = [.. _members] });

    /// <summary>The process is gone. If it is not, it comes back by itself when it hears that the cluster has changed. Not in the grain's turns only.</summary>
    private void Forget(RoomProcess process) => _grains.GetGrain<IRoomGrain>(this.GetPrimaryKeyString()).LeaveAsync(process).AsTask().ContinueWith(
        _ => _grains.GetGrain<IAudienceGrain>(0).ChangeAsync(new AudienceChange(AudienceChangeKind.Leave, process, null)).AsTask(),
        TaskScheduler.Default).Unwrap().Ignore();
}

/// <summary>What grain storage holds of a room: the processes that are assigned to it.</summary>
[GenerateSerializer]
internal sealed class RoomState
{
    [Id(0)]
    public RoomProcess[] Members { get; set; } = [];
}
