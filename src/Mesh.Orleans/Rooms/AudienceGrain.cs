using Mesh.Orleans.Client;

namespace Mesh.Orleans.Rooms;

/// <summary>
/// One turn at a time: a change ends when all silos have it. What it knows is what the silos' copies know, so a new activation takes the newest of them.
/// </summary>
internal sealed class AudienceGrain(AudienceServiceClient copies, ISiloStatusOracle silos) : Grain, IAudienceGrain
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Silos that have asked for a copy; they may hold rooms before membership shows them as active.</summary>
    private readonly HashSet<SiloAddress> _told = [];
    private Audience _audience = Audience.Nobody;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await EachAsync(async copy =>
        {
            var audience = await copy.CopyAsync();
            if (audience.Version > _audience.Version) _audience = audience;
        });
        if (_audience.Version > 0) await EachAsync(copy => copy.ReplaceAsync(_audience).AsTask());
    }

    public async ValueTask ChangeAsync(AudienceChange change)
    {
        var isKnown = change.Kind == AudienceChangeKind.Enter && Array.Exists(_audience.Members, member => member.Member.Equals(change.Member));
        if (isKnown) return;
        _audience = _audience.With(change);
        await EachAsync(async copy =>
        {
            if (!await copy.ApplyAsync(change, _audience.Version)) await copy.ReplaceAsync(_audience);
        });
    }

    public ValueTask<Audience> CopyAsync(SiloAddress silo)
    {
        _told.Add(silo);
        return new(_audience);
    }

    public ValueTask<int> PatternsAsync() =>
        new(_audience.Members.SelectMany(member => member.Patterns).Distinct(Engine.BytesComparer.Instance).Count());

    public async ValueTask<byte[][]> RoomsAsync(byte[] pattern)
    {
        var rooms = await Task.WhenAll(_audience.Members.Select(member => RoomsOfAsync(member.Member, pattern)));
        return [.. rooms.SelectMany(room => room).Distinct(Engine.BytesComparer.Instance)];
    }

    private static async Task<byte[][]> RoomsOfAsync(IRoomMember member, byte[] pattern)
    {
        try
        {
            return await member.RoomsAsync(pattern);
        }
        catch (Exception reason) when (Patience.IsOfTheCluster(reason))
        {
            return []; // gone, and its listeners with it
        }
    }

    /// <summary>Reaches the copies of all silos that live; one that does not answer is asked again until it does or is dead.</summary>
    private Task EachAsync(Func<IAudienceService, Task> call)
    {
        var all = silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Union(_told).ToList();
        return Task.WhenAll(all.Select(silo => ReachAsync(silo, call)));
    }

    private async Task ReachAsync(SiloAddress silo, Func<IAudienceService, Task> call)
    {
        while (!silos.IsDeadSilo(silo))
        {
            try
            {
                await call(copies.Of(silo));
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
