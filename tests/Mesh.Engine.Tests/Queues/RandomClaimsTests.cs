using System.Text;
using Mesh.Embedded;
using Mesh.Engine.Tests.Streams;
using Mesh.Frames;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Queues;

/// <summary>A queue against <see cref="QueueModel"/>, by random operations with restarts and storage faults among them.</summary>
public sealed class RandomClaimsTests
{
    private static readonly StreamName Name = StreamName.Queue("jobs");
    private static readonly StreamName Moved = StreamName.Queue("moved");
    private static readonly StreamName Dead = StreamName.Queue("dead");

    public static TheoryData<int, int?, bool> Seeds()
    {
        var seeds = new TheoryData<int, int?, bool>();
        for (var seed = 1; seed <= 15; seed++)
        {
            seeds.Add(seed, null, seed % 3 == 0);
            seeds.Add(seed, 2, seed % 3 == 1);
        }

        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_queue_behaves_as_a_plain_list(int seed, int? deliveryCountMax, bool hasPriorities)
    {
        var options = new StreamOptions { Priorities = hasPriorities ? true : null, DeliveryCountMax = deliveryCountMax, DeadLetterQueue = deliveryCountMax is null ? null : Dead.Name };
        await using var run = new Run(seed, deliveryCountMax, hasPriorities);
        await run.PlayAsync(Name, options, 400);
    }

    private sealed class Run : RandomRun
    {
        private readonly int? _deliveryCountMax;
        private readonly bool _hasPriorities;
        private readonly QueueModel _model;
        private readonly List<QueueModel.Item> _moved = [];
        private int _bodies;

        public Run(int seed, int? deliveryCountMax, bool hasPriorities)
            : base(seed, $"{(deliveryCountMax is null ? "without dead letters" : $"at most {deliveryCountMax} deliveries")}{(hasPriorities ? ", by priority" : "")}")
        {
            _hasPriorities = hasPriorities;
            _deliveryCountMax = deliveryCountMax;
            _model = new QueueModel(deliveryCountMax, () => RecordTime.From(Clock.GetUtcNow()));
        }

        private IQueue Queue => Mesh.Queue(Name);

        protected override async Task StepAsync()
        {
            switch (Random.Next(28))
            {
                case < 5: await PostAsync(); break;
                case < 10: await ClaimAsync(); break;
                case < 13: await AckAsync(); break;
                case 13: await ExtendAsync(); break;
                case 14: await ReleaseAsync(); break;
                case 15: await PopAsync(); break;
                case 16: await DeleteAsync(); break;
                case < 19: await CheckListAsync(); break;
                case 19: await CheckClaimAsync(); break;
                case < 22: Clock.Advance(TimeSpan.FromSeconds(Random.Next(1, 25))); break;
                case 22: await FailAsync(); break;
                case 23: await ClaimInTroubleAsync(); break;
                case 24: await ClaimWithoutChangesAsync(); break;
                case 25: await PopInTroubleAsync(); break;
                case 26: await MoveAsync(); break;
                default: await RestartAsync(); break;
            }
        }

        protected override EmbeddedMeshOptions NewBounds() => new()
        {
            Commit = new() { CacheBytesMax = Random.Next(2) * 3000 },
            Engine = new() { TrimInterval = TimeSpan.Zero },
        };

        protected override async Task RestartAsync()
        {
            await base.RestartAsync();
            if (_deliveryCountMax is null) return;
            var dead = await Mesh.Queue(Dead).ListAsync(new QueueQuery { RecordsMax = 1000, IncludeClaimed = true, IncludeDelayed = true });
            foreach (var body in dead.Records.Bodies()) Assert.True(_model.DeadLetters.Contains(body) || _model.IsSpent(body), $"{body} is among the dead letters.");
            Assert.Equal(dead.Records.Count, dead.Records.Bodies().Distinct().Count());
        }

        private async Task PostAsync()
        {
            var posted = new List<(string Body, TimeSpan Ttl, TimeSpan Delay, int Priority)>();
            using var writer = new SegmentWriter();
            for (var left = Random.Next(1, 6); left > 0; left--)
            {
                var ttl = TimeSpan.FromSeconds(Random.Next(3) == 0 ? Random.Next(20, 120) : 0);
                var delay = TimeSpan.FromSeconds(Random.Next(5) == 0 ? Random.Next(1, 30) : 0);
                var priority = Random.Next(2) * Random.Next(0, QueuePriority.Max + 1);
                posted.Add(($"body {_bodies++}", ttl, delay, _hasPriorities ? priority : 0));
                writer.Add(
                    new RecordFields { Key = QueuePriority.KeyOf(priority), TtlMicros = (long)ttl.TotalMicroseconds, DelayMicros = (long)delay.TotalMicroseconds },
                    Encoding.UTF8.GetBytes(posted[^1].Body));
            }

            var appended = Assert.IsType<AppendResult.Appended>(await Queue.AppendAsync(writer.Finish()));
            for (var i = 0; i < posted.Count; i++) _model.Post(posted[i].Body, appended.FirstTime.Plus(i), posted[i].Ttl, posted[i].Delay, posted[i].Priority);
        }

        private ClaimTerms Terms() => new(TimeSpan.FromSeconds(Random.Next(5, 60)), TimeSpan.FromSeconds(Random.Next(0, 30)));

        private async Task ClaimAsync()
        {
            var terms = Terms();
            var limit = Random.Next(1, 8);
            Check(limit, terms, await Queue.ClaimAsync(limit, terms));
        }

        /// <summary>The first commit of a claim goes wrong: either all of it holds, or nothing.</summary>
        private async Task ClaimInTroubleAsync()
        {
            var terms = Terms();
            var limit = Random.Next(1, 8);
            var fault = (CommitFault)Random.Next(1, 4);
            Store.FailNextCommit(fault);
            try
            {
                Check(limit, terms, await Queue.ClaimAsync(limit, terms));
            }
            catch (StorageUnavailableException)
            {
                Assert.NotEqual(CommitFault.UnknownStored, fault);
            }

            Store.FailNextCommit(CommitFault.None);
        }

        /// <summary>The queue itself can change nothing, but the one for dead letters takes what it is given: that comes again, and is the same then.</summary>
        private async Task ClaimWithoutChangesAsync()
        {
            Store.Refused = (await Mesh.Catalogue.FindAsync(Name))!.Number;
            try
            {
                Assert.Null((await Queue.ClaimAsync(Random.Next(1, 8), Terms())).Id);
            }
            catch (StorageUnavailableException)
            {
                // Something was there to be taken or moved.
            }

            Store.Refused = null;
        }

        private void Check(int limit, ClaimTerms terms, ClaimResult result)
        {
            var expected = _model.Take(limit);
            if (result.Id is { } id) _model.Claim(id, expected, terms);
            Assert.Equal(expected.Count > 0, result.Id is not null);
            Check(expected, result.Page);
        }

        private async Task PopAsync()
        {
            var limit = Random.Next(1, 4);
            var page = await Queue.PopAsync(limit);
            var expected = _model.Take(limit);
            Assert.Equal(expected.ConvertAll(item => item.Body), page.Records.Bodies());
            foreach (var item in expected) item.IsGone = true;
        }

        /// <summary>The commit that takes records from the head goes wrong: either they are gone, or all are there as before.</summary>
        private async Task PopInTroubleAsync()
        {
            var fault = (CommitFault)Random.Next(1, 4);
            Store.FailNextCommit(fault);
            try
            {
                await PopAsync();
            }
            catch (StorageUnavailableException)
            {
                Assert.NotEqual(CommitFault.UnknownStored, fault);
            }

            Store.FailNextCommit(CommitFault.None);
        }

        private long AnySequence() => Random.NextInt64(1, _model.Items.Count + 3);

        private ClaimId? AnyClaim() => Random.Next(4) switch
        {
            0 => null,
            1 => new ClaimId(new Guid(Random.Next(), 0, 0, new byte[8])),
            _ => _model.Known.Count == 0 ? null : _model.Known[Random.Next(Math.Max(0, _model.Known.Count - 5), _model.Known.Count)],
        };

        private async Task AckAsync()
        {
            var claim = AnyClaim();
            var sequence = claim is { } id && _model.HeldBy(id) is { Count: > 0 } held && Random.Next(3) > 0 ? held[Random.Next(held.Count)].Sequence : AnySequence();
            var hasExpired = sequence <= _model.Items.Count && _model.Items[(int)sequence - 1] is { IsGone: false } item && !_model.Lives(item);
            var expected = _model.Ack(sequence, claim);
            var result = await Queue.AckAsync(new Sequence(sequence), claim);

            // A record that expired while nobody looked is either gone or as good as gone.
            if (!hasExpired) Assert.Equal(expected, result);
            else Assert.NotEqual(AckResult.HeldByOther, result);
        }

        private async Task DeleteAsync()
        {
            var sequences = Enumerable.Range(0, Random.Next(1, 4)).Select(_ => AnySequence()).Distinct().ToList();
            await Queue.DeleteAsync(sequences.ConvertAll(sequence => new Sequence(sequence)));
            foreach (var item in _model.Items)
                if (sequences.Contains(item.Sequence)) item.IsGone = true;
        }

        /// <summary>The queue may be able to change nothing, but the other takes what it is given: that comes again, and is the same then.</summary>
        private async Task MoveAsync()
        {
            var items = _model.Items.Where(_ => Random.Next(4) == 0).Take(20).ToList();
            var sequences = items.ConvertAll(item => new Sequence(item.Sequence));
            var expected = items.FindAll(item => _model.Lives(item) && _model.HolderOf(item) is null);
            if (Random.Next(3) == 0) await MoveInTroubleAsync(sequences);
            Assert.Equal(expected.Count, await Queue.MoveAsync(Moved, sequences, null));
            foreach (var item in expected) item.IsGone = true;
            _moved.AddRange(expected);
            var now = RecordTime.From(Clock.GetUtcNow());
            var there = (await Mesh.Queue(Moved).ReadAsync(new ReadQuery { RecordsMax = 1000 })).Bodies();
            Assert.Equal(there.Distinct(), there);
            Assert.Empty(there.Except(_moved.Select(item => item.Body)));
            Assert.Empty(_moved.Where(item => item.ExpiresAt > now).Select(item => item.Body).Except(there));
        }

        private async Task MoveInTroubleAsync(List<Sequence> sequences)
        {
            Store.Refused = (await Mesh.Catalogue.FindAsync(Name))!.Number;
            try
            {
                Assert.Equal(0, await Queue.MoveAsync(Moved, sequences, null));
            }
            catch (StorageUnavailableException)
            {
                // Something was there to be moved.
            }

            Store.Refused = null;
            Check(_model.Living(), await Queue.ListAsync(new QueueQuery { RecordsMax = 1000, IncludeClaimed = true, IncludeDelayed = true }));
        }

        private async Task ExtendAsync()
        {
            if (AnyClaim() is not { } claim) return;
            var terms = Terms();
            Assert.Equal(_model.Extend(claim, terms), await Queue.ExtendAsync(claim, terms));
        }

        private async Task ReleaseAsync()
        {
            if (AnyClaim() is not { } claim) return;
            _model.Release(claim);
            await Queue.ReleaseAsync(claim);
        }

        private async Task CheckListAsync()
        {
            var all = await Queue.ListAsync(new QueueQuery { RecordsMax = 1000, IncludeClaimed = true, IncludeDelayed = true });
            Check(_model.Living(), all);
            var free = await Queue.ListAsync(new QueueQuery { RecordsMax = 1000 });
            Check(_model.Free(), free);
            var some = _model.Items.Where(_ => Random.Next(3) == 0).Take(20).ToList();
            Check(some.FindAll(_model.Lives), await Queue.GetAsync(some.ConvertAll(item => new Sequence(item.Sequence))));
            var stats = await Queue.StatsAsync();
            Assert.Equal(_model.Living().Count(item => _model.HolderOf(item) is not null), stats.Claimed);
            Assert.True(stats.Free >= _model.Living().Count - stats.Claimed, "Fewer records are counted than there are.");
        }

        private async Task CheckClaimAsync()
        {
            if (AnyClaim() is not { } claim) return;
            var view = await Queue.FindClaimAsync(claim);
            Assert.Equal(_model.IsLive(claim), view is not null);
            if (view is not null) Check(_model.HeldBy(claim), view.Page);
        }

        private void Check(List<QueueModel.Item> expected, QueuePage page)
        {
            Assert.Equal(expected.ConvertAll(item => item.Body), page.Records.Bodies());
            for (var i = 0; i < expected.Count; i++)
            {
                var item = expected[i];
                Assert.Equal(new QueueRecordState(_model.HolderOf(item), item.Deliveries, item.ExpiresAt), page.States[i]);
            }
        }

        private async Task FailAsync()
        {
            // Something must be written before, so that what is refused is a change of the open queue.
            await PostAsync();
            Store.FailNextCommit(CommitFault.Refused);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => Queue.AppendAsync(Given.Segment("refused")).AsTask());
        }
    }
}
