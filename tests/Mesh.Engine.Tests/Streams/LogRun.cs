using System.Text;
using Mesh.Embedded;
using Mesh.Frames;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>What every kind of log must do, against <see cref="StreamModel"/>: appends, reads, retention, repeats, followers, restarts and faults.</summary>
internal abstract class LogRun : RandomRun
{
    private const int FollowersMax = 3;

    private static readonly string[] Producers = ["", "me", "you"];

    private readonly List<string> _ids = [];
    private readonly List<Follower> _followers = [];
    private readonly bool _isTrimmedByHand;
    private int _bodies;

    protected LogRun(int seed, string retention, bool hasIds)
        : base(seed, retention)
    {
        Options = OptionsOf(retention);
        Model = new StreamModel(Options, Clock, hasIds);
        _isTrimmedByHand = hasIds;
    }

    /// <summary>Many seeds with each of <see cref="OptionsOf"/>.</summary>
    public static TheoryData<int, string> Seeds(int seeds)
    {
        var data = new TheoryData<int, string>();
        for (var seed = 1; seed <= seeds; seed++)
            foreach (var retention in new[] { "everything", "count", "age", "count and age" }) data.Add(seed, retention);
        return data;
    }

    protected StreamModel Model { get; }

    protected StreamOptions Options { get; }

    /// <summary>The stream, by the mesh as it is now.</summary>
    protected IStreamLog Log => LogOf(Mesh);

    public Task PlayAsync(StreamName name, int steps) => PlayAsync(name, Options, steps);

    public override async ValueTask DisposeAsync()
    {
        await DropFollowersAsync();
        await base.DisposeAsync();
    }

    protected abstract IStreamLog LogOf(IMesh mesh);

    /// <summary>What only this kind of stream does.</summary>
    protected abstract Task StepOfKindAsync();

    protected virtual string NewKey() => "";

    // A tail cache of a few batches, so that reads go to storage too, and snapshots all the time.
    protected override EmbeddedMeshOptions NewBounds() => new()
    {
        Commit = new() { CacheBytesMax = Random.Next(2) * 2000 },
        Engine = new() { TrimInterval = TimeSpan.FromSeconds(Random.Next(3)), TopicSnapshotBytes = Random.Next(1, 2000) },
    };

    protected override async Task StepAsync()
    {
        switch (Random.Next(24))
        {
            case < 7: await AppendAsync(); break;
            case 7: await RepeatAsync(); break;
            case 8: await AppendManyAtOnceAsync(); break;
            case < 11: await ReadAsync(); break;
            case 11: await ReadFromTimeAsync(); break;
            case 12: await FollowAsync(); break;
            case 13: MoveClock(); break;
            case 14: await FailAsync(); break;
            case 15: await BeAwayAsync(); break;
            case 16: await LoseOwnershipAsync(); break;
            case 17: await ComeBackAsync(); break;
            case 18: await CheckStateAsync(); break;
            default: await StepOfKindAsync(); break;
        }

        await CatchUpAsync();
    }

    protected override async Task RestartAsync()
    {
        // Who follows comes back with the place it had reached.
        var places = _followers.ConvertAll(follower => follower.ResumesAt);
        await DropFollowersAsync();
        await base.RestartAsync();
        _followers.AddRange(places.Select(Tail));
    }

    /// <summary>Holds what one gets who follows against the model from now on.</summary>
    protected async Task AddAsync(Follower follower)
    {
        _followers.Add(follower);
        if (_followers.Count <= FollowersMax) return;
        await _followers[0].DisposeAsync();
        _followers.RemoveAt(0);
    }

    /// <summary>Does something whose commit goes wrong: as long as that goes on, everybody sees what was there before.</summary>
    protected async Task<T> FailAsync<T>(CommitFault fault, Func<ValueTask<T>> change)
    {
        Task<T> changing;
        using (Store.HoldCommits())
        {
            Store.FailNextCommit(fault);
            changing = change().AsTask();
            await ReadAsync();
            await CatchUpAsync();
        }

        return await changing;
    }

    /// <summary>The record is the one that the model has there.</summary>
    protected void Check(in RecordView record) => Model.Check(record);

    private Follower Tail(long? from) => Tail(from ?? Model.High + 1);

    private Follower Tail(long from) => new(cancel => Log.TailAsync(new Sequence(from), cancel), Model, _ => true, from, []);

    private async Task DropFollowersAsync()
    {
        foreach (var follower in _followers) await follower.DisposeAsync();
        _followers.Clear();
    }

    /// <summary>Most who follow read on at once; some fall behind, and must catch up with what storage still has.</summary>
    private async Task CatchUpAsync()
    {
        for (var i = 0; i < _followers.Count; i++)
        {
            if (Random.Next(5) == 0 || await _followers[i].TryCatchUpAsync()) continue;
            var place = _followers[i].ResumesAt;
            await _followers[i].DisposeAsync();
            _followers[i] = Tail(place);
        }
    }

    private Task FollowAsync() => AddAsync(Tail(Random.NextInt64(1, Model.High + 3)));

    private List<StreamModel.Draft> NewDrafts() =>
        [.. Enumerable.Range(0, Random.Next(1, 6)).Select(_ => new StreamModel.Draft(NewKey(), Producers[Random.Next(Producers.Length)], $"body {_bodies++}"))];

    protected async Task AppendAsync()
    {
        var id = Random.Next(3) == 0 ? $"id {_ids.Count}" : null;
        await AppendAsync(Log, NewDrafts(), id);
        if (id is not null) _ids.Add(id);
    }

    private async Task AppendAsync(IStreamLog log, List<StreamModel.Draft> drafts, string? id = null) =>
        Model.Append(Assert.IsType<AppendResult.Appended>(await log.AppendAsync(Segment(drafts), Dedupe(id))), drafts, id);

    private async Task RepeatAsync()
    {
        if (_ids.Count == 0) return;
        var id = _ids[Random.Next(_ids.Count)];
        if (!Model.HasSeen(id, out var seen)) return;
        var result = await Log.AppendAsync(Given.Segment("a repeat"), Dedupe(id));
        var duplicate = Assert.IsType<AppendResult.Duplicate>(result);
        Assert.Equal(seen, (duplicate.First.Value, duplicate.Count));
    }

    private async Task AppendManyAtOnceAsync()
    {
        var all = Enumerable.Range(0, Random.Next(2, 10)).Select(_ => NewDrafts()).ToList();
        var appends = all.ConvertAll(drafts => Log.AppendAsync(Segment(drafts)).AsTask());
        for (var i = 0; i < all.Count; i++) Model.Append(Assert.IsType<AppendResult.Appended>(await appends[i]), all[i], null);
    }

    private async Task ReadAsync()
    {
        var from = Random.NextInt64(0, Model.High + 3);
        var max = Random.Next(1, 40);
        var backwards = Random.Next(2) == 0;
        var found = new List<long>();
        var next = new Sequence(from);
        while (found.Count < max)
        {
            var page = await Log.ReadAsync(new ReadQuery { From = next, Backwards = backwards, RecordsMax = max - found.Count, BytesMax = Random.Next(1, 3000) });
            if (page.Count == 0) break;
            foreach (var record in page) Check(record);
            found.AddRange(page.Sequences());
            next = page.Next;
        }

        Assert.Equal(Model.Read(from, max, backwards), found);
    }

    private async Task ReadFromTimeAsync()
    {
        if (Model.High == 0) return;
        var time = Model.At(Random.NextInt64(1, Model.High + 1)).Time.Plus(Random.Next(-1, 2));
        var page = await Log.ReadAsync(new ReadQuery { FromTime = time, RecordsMax = 1 });
        Assert.Equal(Model.Read(Model.FirstFrom(time), 1, backwards: false), page.Sequences());
    }

    private void MoveClock()
    {
        Clock.Advance(Random.Next(4) > 0 ? TimeSpan.FromMilliseconds(Random.Next(1, 9000)) : Options.DedupeWindow);
        Model.ForgetOlderThan(Options.DedupeWindow);
    }

    private async Task FailAsync()
    {
        await AppendAsync();
        var fault = (CommitFault)Random.Next(1, 4);
        var drafts = NewDrafts();
        long? keep = _isTrimmedByHand && Random.Next(2) == 0 ? Random.Next(20) : null;
        var append = FailAsync(fault, () => Log.AppendAsync(Segment(drafts), new AppendOptions { TrimToCount = keep }));
        if (fault == CommitFault.UnknownStored)
        {
            Model.Append(Assert.IsType<AppendResult.Appended>(await append), drafts, null);
            if (keep is not null) Model.TrimToCount(keep.Value);
        }
        else
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => append);
        }
    }

    private async Task BeAwayAsync()
    {
        Store.IsAway = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Log.AppendAsync(Given.Segment("refused")).AsTask());
        Store.IsAway = false;

        // Who follows may have had to open the stream meanwhile; a request that comes before that has failed shares its failure, and is repeated.
        var drafts = NewDrafts();
        for (var tries = 1; tries < 5; tries++)
        {
            try
            {
                await AppendAsync(Log, drafts);
                return;
            }
            catch (StorageUnavailableException)
            {
                // Nothing was stored.
            }
        }

        Assert.Fail("The stream did not come back with the database.");
    }

    /// <summary>Another process takes the stream and appends; this one must notice before it acknowledges anything.</summary>
    private async Task LoseOwnershipAsync()
    {
        await AppendAsync();
        await using (var other = await StartOtherAsync()) await AppendAsync(LogOf(other), NewDrafts());
        await Assert.ThrowsAsync<StreamFencedException>(() => Log.AppendAsync(Given.Segment("too late")).AsTask());
        await CheckStateAsync();
    }

    /// <summary>A restart, often right after something was trimmed in storage, and a look at what was rebuilt before anything else happens to it.</summary>
    private async Task ComeBackAsync()
    {
        if (Random.Next(2) == 0) await RepeatAsync();
        await RestartAsync();
        await StepOfKindAsync();
    }

    private async Task CheckStateAsync()
    {
        var state = await Log.StateAsync();
        Assert.Equal((Model.High, Model.LastTime, Model.LastId), (state.HighWatermark.Value, state.LastTime, state.LastId));
        Assert.Equal(Math.Min(Model.Low, Model.High + 1), state.LowWatermark.Value);
    }

    private static StreamOptions OptionsOf(string retention) => new()
    {
        RetentionCount = retention.Contains("count", StringComparison.Ordinal) ? 25 : null,
        RetentionAge = retention.Contains("age", StringComparison.Ordinal) ? TimeSpan.FromSeconds(20) : null,
    };

    private static ReadOnlyMemory<byte> Segment(List<StreamModel.Draft> drafts)
    {
        using var writer = new SegmentWriter();
        foreach (var draft in drafts)
        {
            var fields = new RecordFields { Key = Encoding.UTF8.GetBytes(draft.Key), Producer = Encoding.UTF8.GetBytes(draft.Producer) };
            writer.Add(fields, Encoding.UTF8.GetBytes(draft.Body));
        }

        return writer.Finish().ToArray();
    }

    private static AppendOptions Dedupe(string? id) => id is null ? default : new AppendOptions { DedupeId = Encoding.UTF8.GetBytes(id) };
}
