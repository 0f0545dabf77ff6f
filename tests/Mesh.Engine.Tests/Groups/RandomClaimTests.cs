using Mesh.Embedded;
using Mesh.Engine.Tests.Streams;
using Mesh.Frames;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Groups;

/// <summary>The claims of consumer groups against <see cref="ClaimModel"/>, by random operations with restarts and storage faults among them.</summary>
public sealed class RandomClaimTests
{
    public static TheoryData<int, StreamKind> Seeds()
    {
        var seeds = new TheoryData<int, StreamKind>();
        foreach (var kind in new[] { StreamKind.Channel, StreamKind.Partition, StreamKind.Ring, StreamKind.Room })
            for (var seed = 1; seed <= 8; seed++) seeds.Add(seed, kind);
        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Groups_and_their_claims_behave_as_plain_lists(int seed, StreamKind kind)
    {
        var keep = seed % 3 == 0 ? 40 : (int?)null;
        await using var run = new Run(seed, kind, keep);
        await run.PlayAsync(run.Name, new StreamOptions { RetentionCount = keep }, 250);
    }

    private sealed class Run(int seed, StreamKind kind, int? keep) : RandomRun(seed, $"a {kind}")
    {
        private const string Dead = "dead";

        private readonly ClaimModel _model = new();
        private readonly List<(string Group, Guid Claim)> _claims = [];
        private bool _isArmed;
        private bool _mayFail;

        public StreamName Name { get; } = new(StreamName.DefaultProject, kind, "orders");

        private bool HasKeys => kind != StreamKind.Ring;

        private IGroupedLog Log => kind switch
        {
            StreamKind.Channel => Mesh.Channel(Name),
            StreamKind.Partition => Mesh.Partition(Name),
            StreamKind.Room => Mesh.Room(Name),
            _ => Mesh.Ring(Name),
        };

        private RecordTime Now => RecordTime.From(Clock.GetUtcNow());

        protected override EmbeddedMeshOptions NewBounds() => new()
        {
            Commit = new() { CacheBytesMax = Random.Next(2) * 2000 },
            Engine = new() { TrimInterval = TimeSpan.Zero },
        };

        protected override async Task StepAsync()
        {
            if (Random.Next(20) == 0) await RestartAsync();
            var fault = Random.Next(15) == 0 ? (CommitFault)Random.Next(1, 4) : CommitFault.None;
            Store.FailNextCommit(fault);
            _isArmed = fault != CommitFault.None;
            _mayFail |= _isArmed;
            try
            {
                await DoAsync();
            }
            catch (StorageUnavailableException) when (_mayFail)
            {
                // Nothing of it was done. What waits while a trim on its own goes wrong is refused with it.
            }

            Store.FailNextCommit(CommitFault.None);
            _isArmed = false;
            if (Random.Next(4) == 0) await CheckAsync();
        }

        private Task DoAsync() => Random.Next(20) switch
        {
            < 4 => AppendAsync(),
            4 => CreateAsync(),
            5 => SeekAsync(),
            6 => LimitAsync(),
            < 12 => ClaimAsync(),
            < 15 => AckAsync(),
            15 => ReleaseAsync(),
            16 => ExtendAsync(),
            17 => FindAsync(),
            _ => AdvanceAsync(),
        };

        private Task AdvanceAsync()
        {
            Clock.Advance(TimeSpan.FromSeconds(Random.Next(1, 30)));
            return Task.CompletedTask;
        }

        private async Task AppendAsync()
        {
            var records = Enumerable.Range(0, Random.Next(1, 8)).Select(i => (Body: $"body {_model.Records.Count + i + 1}", Key: HasKeys ? $"/{Random.Next(3)}" : "")).ToList();
            using var writer = new SegmentWriter();
            foreach (var (body, key) in records) writer.Add(new RecordFields { Key = System.Text.Encoding.UTF8.GetBytes(key) }, System.Text.Encoding.UTF8.GetBytes(body));
            if (await Log.AppendAsync(writer.Finish().ToArray()) is AppendResult.Busy) return;

            // Commits of a stream follow one another: none from before this one is under way any more.
            if (!_isArmed) _mayFail = false;
            _model.Append(records, keep);
        }

        private async Task CreateAsync()
        {
            var name = AnyGroup();
            var key = HasKeys && Random.Next(2) == 0 ? $"/{Random.Next(3)}" : null;
            var created = await Log.CreateGroupAsync(name, GroupStart.Oldest with { Key = key }, createStream: false);
            Assert.Equal(_model.Groups.ContainsKey(name) ? GroupOutcome.Exists : GroupOutcome.Done, created.Outcome);
            _model.Groups.TryAdd(name, new ClaimModel.Group { Key = key });
        }

        private async Task SeekAsync()
        {
            if (Some() is not var (name, group) || Random.Next(3) > 0) return;
            var from = Random.Next(1, _model.Records.Count + 3);
            Assert.Equal(GroupOutcome.Done, (await Log.MoveGroupAsync(name, GroupStart.At(new Sequence(from)))).Outcome);
            group.Next = Math.Clamp(from, _model.Low, _model.Records.Count + 1);
        }

        private async Task LimitAsync()
        {
            if (Some() is not var (name, group)) return;
            var max = Random.Next(2) == 0 ? Random.Next(1, 4) : (int?)null;
            await Log.SetGroupOptionsAsync(name, new GroupOptions { DeliveryCountMax = max, DeadLetterQueue = Dead });
            group.DeliveriesMax = max ?? long.MaxValue;
        }

        private async Task ClaimAsync()
        {
            if (Some() is not var (name, group)) return;

            // A move that fails is made by a later claim, which the model does not know.
            if (group.DeliveriesMax < long.MaxValue) Store.FailNextCommit(CommitFault.None);
            var timeout = TimeSpan.FromSeconds(Random.Next(1, 60));
            var claim = new GroupClaim(name, $"consumer {Random.Next(3)}", Random.Next(1, 9), timeout) { Id = new ClaimId(Guid.NewGuid()) };
            ClaimedRecords claimed;
            try
            {
                claimed = await Log.ClaimAsync(claim);
            }
            catch (StorageUnavailableException) when (_mayFail)
            {
                // Asked for again under its name, it is one claim, whatever became of the first.
                claimed = await Log.ClaimAsync(claim);
            }

            var expected = _model.Claim(name, claim.Id.Value.Value, claim.Consumer, claim.RecordsMax, claimed.Records.Count, Now, timeout);
            Assert.Equal(expected, claimed.Records.Sequences().Zip(claimed.DeliveryCounts));
            Assert.Equal(expected.Select(record => _model.Records[(int)record.Sequence - 1].Body), claimed.Records.Bodies());
            Assert.Equal(expected.Count > 0 ? claim.Id : null, claimed.Id);
            if (expected.Count > 0) _claims.Add((name, claim.Id.Value.Value));
        }

        private async Task AckAsync()
        {
            if (SomeClaim() is not var (name, claim)) return;
            var held = _model.Groups[name].HeldBy(claim);
            var sequences = Enumerable.Range(0, Random.Next(1, 5))
                .Select(_ => held.Count > 0 && Random.Next(4) > 0 ? held[Random.Next(held.Count)] : Random.Next(1, _model.Records.Count + 3)).Distinct().ToList();
            var answer = await RepeatedAsync(() => Log.AckAsync(name, new ClaimId(claim), [.. sequences.Select(sequence => new Sequence(sequence))]));

            // A key's group has come to where its last record was; whether it has come past others nobody can tell by it.
            var expected = sequences.ConvertAll(sequence => _model.Ack(name, claim, sequence, Now));
            if (_model.Groups[name].Key is null) Assert.Equal(expected, answer.Results);
            else Assert.Equal(expected.ConvertAll(Alike), answer.Results.Select(Alike));

            static GroupAck Alike(GroupAck ack) => ack == GroupAck.NotDelivered ? GroupAck.Acknowledged : ack;
        }

        private async Task ReleaseAsync()
        {
            if (SomeClaim() is not var (name, claim)) return;
            var group = _model.Groups[name];
            var isCounted = Random.Next(2) == 0;
            var held = group.HeldBy(claim);
            var some = Random.Next(2) == 0 ? null : held.Where(_ => Random.Next(2) == 0).ToList();
            await RepeatedAsync(() => Log.ReleaseAsync(new GroupRelease(name, new ClaimId(claim), some?.ConvertAll(sequence => new Sequence(sequence)), isCounted)));
            group.End(Now);
            foreach (var sequence in some ?? held)
                if (group.Pending[sequence] is { Claim: not null } entry) group.Pending[sequence] = entry with { Claim = null, Deliveries = entry.Deliveries - (isCounted ? 0 : 1) };
        }

        private async Task ExtendAsync()
        {
            if (SomeClaim() is not var (name, claim)) return;
            var timeout = TimeSpan.FromSeconds(Random.Next(1, 60));
            var answer = await RepeatedAsync(() => Log.ExtendAsync(name, new ClaimId(claim), timeout));
            var group = _model.Groups[name];
            group.End(Now);
            var held = group.HeldBy(claim);
            Assert.Equal(held.Count > 0 ? new GroupAnswer(GroupOutcome.Done, held.Count) : new GroupAnswer(GroupOutcome.ClaimExpired), answer);
            foreach (var sequence in held) group.Pending[sequence] = group.Pending[sequence] with { EndsAt = Now.Plus(timeout) };
        }

        private async Task FindAsync()
        {
            if (SomeClaim() is not var (name, claim)) return;
            var found = await Log.FindClaimAsync(name, new ClaimId(claim));
            var group = _model.Groups[name];
            group.End(Now);
            var held = group.HeldBy(claim);
            Assert.Equal(held.Count > 0 ? GroupOutcome.Done : GroupOutcome.ClaimExpired, found.Outcome);
            Assert.Equal(held.Where(sequence => sequence >= _model.Low), found.Records.Sequences().Order());
        }

        private async Task CheckAsync()
        {
            foreach (var (name, group) in _model.Groups)
            {
                group.End(Now);
                var position = await Log.PositionAsync(name);
                Assert.Equal((group.Pending.Count, group.Pending.Values.Count(entry => entry.IsFree)), (position.Pending, position.Free));
                var lag = _model.Records.Skip((int)Math.Max(group.Next, _model.Low) - 1).Count(record => group.Key is null || record.Key == group.Key);
                Assert.Equal(lag, position.Lag);
                var pending = await Log.PendingAsync(name, new PendingQuery(RingId.None, RingId.Max, 1000, null, TimeSpan.Zero));
                Assert.Equal(group.Pending.Values.Select(entry => (entry.Consumer, entry.Deliveries)), pending.Entries.Select(entry => (entry.Consumer, entry.Deliveries)));
            }

            // What is claimed and acknowledged is still there to be read.
            var read = (await Log.ReadAsync(new ReadQuery())).Bodies();
            Assert.Equal(_model.Records.Skip((int)_model.Low - 1).Select(record => record.Body), read);
            var letters = await Mesh.Queue(StreamName.Queue(Dead)).ListAsync(new QueueQuery { RecordsMax = 1000 });
            var origins = new List<(string, long)>();
            foreach (var record in letters.Records)
                if (DeadLetterOrigin.Of(record, StreamName.DefaultProject) is { } origin) origins.Add((origin.Group, origin.Sequence.Value));
            // A group that is moved back may move a record again, which is known only for a while.
            Assert.Equal(_model.Letters.Distinct().Order(), origins.Distinct().Order());
        }

        /// <summary>Does something that comes to the same when it is done twice.</summary>
        private async Task<T> RepeatedAsync<T>(Func<ValueTask<T>> call)
        {
            try
            {
                return await call();
            }
            catch (StorageUnavailableException) when (_mayFail)
            {
                return await call();
            }
        }

        private string AnyGroup() => $"group {Random.Next(3)}";

        private (string Name, ClaimModel.Group Group)? Some()
        {
            var name = AnyGroup();
            return _model.Groups.TryGetValue(name, out var group) ? (name, group) : null;
        }

        private (string Group, Guid Claim)? SomeClaim() => _claims.Count == 0 ? null : _claims[Random.Next(Math.Max(0, _claims.Count - 8), _claims.Count)];
    }
}
