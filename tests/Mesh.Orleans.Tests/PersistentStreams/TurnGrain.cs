using Orleans.Streams;

namespace Mesh.Orleans.Tests.PersistentStreams;

/// <summary>Counts its turns that began while another event was under way.</summary>
public interface ITurnGrain : IGrainWithStringKey
{
    const string Namespace = "turns";

    Task SubscribeAsync();

    Task<(int Events, int Overlaps)> CountAsync();
}

/// <summary>Takes its time over each event, so that another could come between.</summary>
internal sealed class TurnGrain : Grain, ITurnGrain, IAsyncObserver<string>
{
    private int _events;
    private int _overlaps;
    private bool _isBusy;

    public Task SubscribeAsync() =>
        this.GetStreamProvider(StreamFixture.Provider).GetStream<string>(StreamId.Create(ITurnGrain.Namespace, this.GetPrimaryKeyString())).SubscribeAsync(this);

    public Task<(int Events, int Overlaps)> CountAsync() => Task.FromResult((_events, _overlaps));

    public async Task OnNextAsync(string item, StreamSequenceToken? token = null)
    {
        if (_isBusy) _overlaps++;
        _isBusy = true;
        await Task.Yield();
        _events++;
        _isBusy = false;
        await Listeners.Of(this.GetPrimaryKeyString()).OnNextAsync(item, token);
    }

    public Task OnErrorAsync(Exception ex) => Listeners.Of(this.GetPrimaryKeyString()).OnErrorAsync(ex);
}
