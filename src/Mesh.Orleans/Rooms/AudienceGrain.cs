using Mesh.Orleans.Client;

namespace Mesh.Orleans.Rooms;

/// <summary>
/// One turn at a time: a change ends when all silos have it and it is in grain storage. A new activation takes the newest of what is there and what the silos'
/// copies know.
/// </summary>
internal sealed class AudienceGrain : Grain, IAudienceGrain
{
    /// <summary>How often processes that are gone are looked for. A gateway that is killed says no goodbye, and Orleans takes it for away at first (<c>ClientDropTimeout</c>).</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Silos that have asked for a copy; they may hold rooms before membership shows them as active.</summary>
    private readonly HashSet<SiloAddress> _told = [];
    private readonly AudienceServiceClient _copies;
    private readonly ISiloStatusOracle _silos;
    private readonly RoomReach _reach;
    private readonly StoredState<AudienceState> _stored;
    private Audience _audience = Audience.Nobody;

    public AudienceGrain(AudienceServiceClient copies, ISiloStatusOracle silos, RoomReach reach)
    {
        (_copies, _silos, _reach) = (copies, silos, reach);
        _stored = new StoredState<AudienceState>("audience", GrainContext);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions(LookInterval, LookInterval) { Interleave = true });
        if (await _stored.LoadAsync() is { Audience: { } stored }) _audience = stored;
        await EachAsync(async copy =>
        {
            var audience = await copy.CopyAsync();
            if (audience.Version > _audience.Version) _audience = audience;
        });
        if (_audience.Version > 0) await EachAsync(copy => copy.ReplaceAsync(_audience).AsTask());
    }

    public async ValueTask ChangeAsync(AudienceChange change)
    {
        var isKnown = change.Kind == AudienceChangeKind.Enter && Array.Exists(_audience.Members, member => member.Process == change.Process);
        if (isKnown) return;
        _audience = _audience.With(change);
        var stored = _stored.SaveAsync(() => new AudienceState { Audience = _audience });
        await EachAsync(async copy =>
        {
            if (!await copy.ApplyAsync(change, _audience.Version)) await copy.ReplaceAsync(_audience);
        });
        await stored;
    }

    public ValueTask<Audience> CopyAsync(SiloAddress silo)
    {
        _told.Add(silo);
        return new(_audience);
    }

    public ValueTask<int> PatternsAsync() =>
        new(_audience.Members.SelectMany(member => member.Patterns).Distinct(BytesComparer.Instance).Count());

    public async ValueTask<byte[][]> RoomsAsync(byte[] pattern)
    {
        var rooms = await Task.WhenAll(_audience.Members.Select(member => RoomsOfAsync(member.Process, pattern)));
        return [.. rooms.SelectMany(room => room).Distinct(BytesComparer.Instance)];
    }

    private async Task<byte[][]> RoomsOfAsync(RoomProcess process, byte[] pattern) =>
        (await _reach.CallAsync(process, member => member.RoomsAsync(pattern), isPatient: false)).Answer ?? [];

    /// <summary>Between the turns: each that is found to be gone leaves by a turn of its own.</summary>
    private async Task LookAsync(CancellationToken cancel)
    {
        var self = GrainFactory.GetGrain<IAudienceGrain>(0);
        foreach (var (process, _) in _audience.Members)
        {
            var reached = await _reach.CallAsync(process, member => member.ListenersAsync([]), isPatient: false);
            if (reached.How == ReachedHow.Gone) self.ChangeAsync(new AudienceChange(AudienceChangeKind.Leave, process, null)).AsTask().Ignore();
        }
    }

    /// <summary>Reaches the copies of all silos that live; one that does not answer is asked again until it does or is dead.</summary>
    private Task EachAsync(Func<IAudienceService, Task> call)
    {
        var all = _silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Union(_told).ToList();
        return Task.WhenAll(all.Select(silo => ReachAsync(silo, call)));
    }

    private async Task ReachAsync(SiloAddress silo, Func<IAudienceService, Task> call)
    {
        while (!_silos.IsDeadSilo(silo))
        {
            try
            {
                await call(_copies.Of(silo));
                return;
            }
            catch (Exception reason) when (Patience.IsOfTheCluster(reason))
            {
                await Task.Delay(Pause);
            }
        }

        _told.Remove(silo);
    }
}

/// <summary>What grain storage holds of the audience: the pattern set.</summary>
[GenerateSerializer]
internal sealed class AudienceState
{
    [Id(0)]
    public Audience? Audience { get; set; }
}
