using Mesh.Embedded;
using Mesh.Engine.Tests.Streams;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Rings;

/// <summary>A ring and its consumer groups against <see cref="RingModel"/>, by random operations with restarts and storage faults among them.</summary>
public sealed class RandomRingTests
{
    private static readonly StreamName Name = StreamName.Ring("orders");

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_ring_and_its_groups_behave_as_plain_lists(int seed)
    {
        await using var run = new Run(seed);
        await run.PlayAsync(Name, StreamOptions.Default, 500);
    }

    private sealed class Run(int seed) : RandomRun(seed, "a ring")
    {
        private readonly RingModel _model = new();
        private int _bodies;
        private bool _isArmed;
        private bool _mayFail;

        private IRing Ring => Mesh.Ring(Name);

        private RecordTime Now => RecordTime.From(Clock.GetUtcNow());

        protected override EmbeddedMeshOptions NewBounds() => new()
        {
            Commit = new() { CacheBytesMax = Random.Next(2) * 2000 },
            Engine = new() { TrimInterval = TimeSpan.Zero },
        };

        protected override async Task StepAsync()
        {
            if (Random.Next(25) == 0)
            {
                await RestartAsync();
                await CheckAsync();
                return;
            }

            var fault = Random.Next(12) == 0 ? (CommitFault)Random.Next(1, 4) : CommitFault.None;
            Store.FailNextCommit(fault);
            _isArmed = fault != CommitFault.None;
            _mayFail |= _isArmed;
            try
            {
                await DoAsync();
            }
            catch (StorageUnavailableException) when (_mayFail)
            {
                // Nothing of it was done, and the model knows nothing of it. What waits while a trim on its own goes wrong is refused with it.
            }

            Store.FailNextCommit(CommitFault.None);
            _isArmed = false;
            if (Random.Next(4) == 0) await CheckAsync();
        }

        private Task DoAsync() => Random.Next(24) switch
        {
            < 5 => AppendAsync(),
            5 => AppendWithIdsAsync(),
            6 => TrimAsync(),
            7 or 8 => DeleteAsync(),
            9 => SetPositionAsync(),
            10 or 11 => ChangeGroupAsync(),
            12 => ChangeConsumerAsync(),
            < 16 => DeliverAsync(),
            16 => DeliverAgainAsync(),
            17 or 18 => AcknowledgeAsync(),
            19 => ClaimAsync(),
            20 => ClaimIdleAsync(),
            21 => CheckPendingAsync(),
            _ => AdvanceAsync(),
        };

        private Task AdvanceAsync()
        {
            Clock.Advance(TimeSpan.FromMilliseconds(Random.Next(1, 3000)));
            return Task.CompletedTask;
        }

        private async Task AppendAsync()
        {
            var bodies = Enumerable.Range(0, Random.Next(1, 6)).Select(_ => $"body {_bodies++}").ToArray();
            long? keep = Random.Next(6) == 0 ? Random.Next(0, 20) : null;
            var result = await Ring.AppendAsync(Given.Segment(bodies), new AppendOptions { TrimToCount = keep });
            if (result is AppendResult.Busy) return;
            var appended = Assert.IsType<AppendResult.Appended>(result);
            Assert.True(appended.FirstId > _model.LastId, $"{appended.FirstId} does not follow {_model.LastId}.");

            // Commits of a stream follow one another: none from before this one is under way any more.
            if (!_isArmed) _mayFail = false;
            for (var i = 0; i < bodies.Length; i++) _model.Append(appended.FirstId.Plus(i), bodies[i]);
            if (keep is { } count) _model.Trim(count);
        }

        private async Task AppendWithIdsAsync()
        {
            var first = AnyId();
            RingId[] ids = [first, first.Next()!.Value];
            var result = await Ring.AppendAsync(Given.WithIds(ids));
            if (first <= _model.LastId)
            {
                Assert.Equal(new AppendResult.IdNotGreater(_model.LastId), result);
                return;
            }

            Assert.IsType<AppendResult.Appended>(result);
            foreach (var id in ids) _model.Append(id, id.ToString());
        }

        private async Task TrimAsync()
        {
            var dropMax = Random.Next(2) == 0 ? long.MaxValue : Random.Next(1, 10);
            var leftAtLeast = (int)Math.Max(0, _model.Living.Count() - dropMax);
            if (Random.Next(2) == 0)
            {
                var keep = Random.Next(0, 30);
                var trimmed = await Ring.TrimToCountAsync(keep, dropMax);
                Assert.Equal(_model.Trim(Math.Max(keep, leftAtLeast)), trimmed);
                return;
            }

            var below = AnyId();
            var dropped = await Ring.TrimBelowAsync(below, dropMax);
            Assert.Equal(_model.Trim(Math.Max(_model.Living.Count(item => item.Id >= below), leftAtLeast)), dropped);
        }

        private async Task DeleteAsync()
        {
            var ids = Enumerable.Range(0, Random.Next(1, 6)).Select(_ => AnyId()).ToList();
            var deleted = await Ring.DeleteAsync(ids);
            Assert.Equal(_model.Delete(ids), deleted);
        }

        private async Task SetPositionAsync()
        {
            // What is pending stays another record than one that gets its id later; the model knows them by their ids.
            var id = _model.Groups.Values.SelectMany(group => group.Pending.Keys).Append(AnyId()).Max();
            var position = new RingPosition(id, Random.Next(2) == 0 ? null : Random.Next(0, 100), RingId.None);
            var result = await Ring.SetPositionAsync(position);
            Assert.Equal(_model.SetPosition(position), result);
        }

        private async Task ChangeGroupAsync()
        {
            var name = AnyGroup();
            var start = new GroupStart(Random.Next(3) == 0 ? null : Random.Next(2) == 0 ? RingId.None : AnyId(), Random.Next(2) == 0 ? null : Random.Next(50));
            var last = start.After ?? _model.LastId;
            _model.Groups.TryGetValue(name, out var known);
            switch (Random.Next(4))
            {
                case < 2:
                    var created = await Ring.CreateGroupAsync(name, start, createStream: false);
                    Assert.Equal(known is null ? GroupOutcome.Done : GroupOutcome.Exists, created.Outcome);
                    if (known is null) _model.Groups[name] = new RingModel.Group { LastId = last };
                    break;
                case 2:
                    var moved = await Ring.MoveGroupAsync(name, start);
                    Assert.Equal(known is null ? GroupOutcome.NoGroup : GroupOutcome.Done, moved.Outcome);
                    known?.LastId = last;
                    break;
                default:
                    if (Random.Next(4) > 0) return;
                    var deleted = await Ring.DeleteGroupAsync(name);
                    Assert.Equal(known is null ? GroupOutcome.NoGroup : GroupOutcome.Done, deleted.Outcome);
                    _model.Groups.Remove(name);
                    break;
            }
        }

        private async Task ChangeConsumerAsync()
        {
            var (name, group) = SomeGroup();
            if (group is null) return;
            var consumer = AnyConsumer();
            if (Random.Next(2) == 0)
            {
                var created = await Ring.CreateConsumerAsync(name, consumer);
                Assert.Equal(group.Consumers.Add(consumer) ? GroupOutcome.Done : GroupOutcome.Exists, created.Outcome);
                return;
            }

            var deleted = await Ring.DeleteConsumerAsync(name, consumer);
            var held = group.Pending.Where(entry => entry.Value.Consumer == consumer).Select(entry => entry.Key).ToList();
            Assert.Equal(new GroupAnswer(GroupOutcome.Done, held.Count), deleted);
            foreach (var id in held) group.Pending.Remove(id);
            group.Consumers.Remove(consumer);
        }

        private async Task DeliverAsync()
        {
            var (name, group) = SomeGroup();
            if (group is null) return;
            var read = new GroupRead(name, AnyConsumer(), Random.Next(1, 8), After: null, IsAcknowledged: Random.Next(5) == 0);
            var records = await Ring.DeliverAsync(read);
            Assert.Equal(GroupOutcome.Done, records.Outcome);
            Assert.Equal(_model.Deliver(group, read.Consumer, read.RecordsMax, read.IsAcknowledged, Now).ConvertAll(item => item.Body), records.Records.Bodies());
        }

        private async Task DeliverAgainAsync()
        {
            var (name, group) = SomeGroup();
            if (group is null) return;
            var read = new GroupRead(name, AnyConsumer(), Random.Next(1, 8), Random.Next(2) == 0 ? RingId.None : AnyId(), IsAcknowledged: false);
            var records = await Ring.DeliverAsync(read);
            var (there, missing) = _model.DeliverAgain(group, read.Consumer, read.After!.Value, read.RecordsMax, Now);
            Assert.Equal(there, IdsOf(records.Records));
            Assert.Equal(there, records.Ids);
            Assert.Equal(missing, records.Missing);
        }

        private async Task AcknowledgeAsync()
        {
            var (name, group) = SomeGroup();
            if (group is null) return;
            var ids = SomePending(group);
            var acknowledged = await Ring.AcknowledgeAsync(name, ids);
            Assert.Equal(new GroupAnswer(GroupOutcome.Done, ids.Distinct().Count(group.Pending.Remove)), acknowledged);
        }

        private async Task ClaimAsync()
        {
            var (name, group) = SomeGroup();
            if (group is null) return;
            var claim = new PendingClaim(name, AnyConsumer(), SomePending(group).Distinct().ToList())
            {
                IdleMin = TimeSpan.FromSeconds(Random.Next(3)),
                Deliveries = Random.Next(4) == 0 ? Random.Next(10) : null,
                Force = Random.Next(3) == 0,
                IdsOnly = Random.Next(3) == 0,
                LastId = Random.Next(6) == 0 ? AnyId() : RingId.None,
            };
            var records = await Ring.ClaimPendingAsync(claim);
            var (claimed, missing) = _model.Claim(group, claim, Now);
            Assert.Equal(claimed, records.Ids);
            Assert.Equal(missing, records.Missing);
            Assert.Equal(claim.IdsOnly ? [] : claimed, IdsOf(records.Records));
        }

        private async Task ClaimIdleAsync()
        {
            var (name, group) = SomeGroup();
            if (group is null) return;
            var start = Random.Next(2) == 0 ? RingId.None : AnyId();
            var claim = new IdleClaim(name, AnyConsumer(), TimeSpan.FromSeconds(Random.Next(3)), start, Random.Next(1, 6), Random.Next(3) == 0);
            var records = await Ring.ClaimIdleAsync(claim);
            var (claimed, missing, next) = _model.ClaimIdle(group, claim, Now);
            Assert.Equal(claimed, records.Ids);
            Assert.Equal(missing, records.Missing);
            Assert.Equal(next, records.Next);
            Assert.Equal(claim.IdsOnly ? [] : claimed, IdsOf(records.Records));
        }

        private async Task CheckPendingAsync()
        {
            var (name, group) = SomeGroup();
            if (group is null) return;
            var query = new PendingQuery(
                AnyId(), Random.Next(2) == 0 ? RingId.Max : AnyId(), Random.Next(0, 10), Random.Next(2) == 0 ? null : AnyConsumer(), TimeSpan.FromSeconds(Random.Next(3)));
            var page = await Ring.PendingAsync(name, query);
            var expected = group.Pending.Where(entry => entry.Key >= query.Start && entry.Key <= query.End)
                .Where(entry => query.Consumer is null || entry.Value.Consumer == query.Consumer)
                .Where(entry => Now.Since(entry.Value.At) >= query.IdleMin);
            Assert.Equal(Views(expected).Take(query.EntriesMax), page.Entries);
        }

        private async Task CheckAsync()
        {
            var living = _model.Living;
            Assert.Equal(living.ConvertAll(item => item.Body), (await Ring.ReadAsync(new ReadQuery())).Bodies());
            var (start, end) = (AnyId(), AnyId());
            var range = living.Where(item => item.Id >= start && item.Id <= end).Select(item => item.Id).ToList();
            if (start <= end) Assert.Equal(range, IdsOf(await Ring.RangeAsync(start, end, 1000, backwards: false)));
            if (start <= end) Assert.Equal(Enumerable.Reverse(range).Take(3), IdsOf(await Ring.RangeAsync(start, end, 3, backwards: true)).Take(3));
            var info = (await Ring.DescribeAsync(null, pendingMax: 1000))!;
            var first = living.Count > 0 ? living[0].Id : RingId.None;
            Assert.Equal((living.Count, first, _model.LastId, _model.MaxDeletedId, _model.Added), (info.Length, info.FirstId, info.LastId, info.MaxDeletedId, info.EntriesAdded));
            Assert.Equal(living.Count, (await Ring.StateAsync()).Length);
            Assert.Equal(_model.Groups.Keys, info.Groups.Select(group => group.Name));
            foreach (var group in info.Groups) Check(_model.Groups[group.Name], group);
        }

        private static void Check(RingModel.Group expected, GroupInfo group)
        {
            Assert.Equal(expected.LastId, group.LastDelivered);
            Assert.Equal(Views(expected.Pending), group.Pending);
            Assert.Equal(expected.Pending.Count, group.PendingCount);
            Assert.Equal(expected.Consumers, group.Consumers.Select(consumer => consumer.Name));
            foreach (var consumer in group.Consumers)
                Assert.Equal(Views(expected.Pending.Where(entry => entry.Value.Consumer == consumer.Name)), consumer.Pending);
        }

        private static IEnumerable<PendingView> Views(IEnumerable<KeyValuePair<RingId, RingModel.Entry>> entries) =>
            entries.Select(entry => new PendingView(entry.Key, entry.Value.Consumer, entry.Value.At, entry.Value.Deliveries));

        private static List<RingId> IdsOf(RecordPage page)
        {
            var ids = new List<RingId>();
            foreach (var record in page) ids.Add(record.Id);
            return ids;
        }

        private string AnyGroup() => $"group {Random.Next(3)}";

        private string AnyConsumer() => $"consumer {Random.Next(3)}";

        private (string Name, RingModel.Group? Group) SomeGroup()
        {
            var name = AnyGroup();
            return (name, _model.Groups.GetValueOrDefault(name));
        }

        private List<RingId> SomePending(RingModel.Group group) => Enumerable.Range(0, Random.Next(1, 6))
            .Select(_ => group.Pending.Count > 0 && Random.Next(4) > 0 ? group.Pending.Keys.ElementAt(Random.Next(group.Pending.Count)) : AnyId())
            .ToList();

        /// <summary>One that there was, or one beside it, or one to come.</summary>
        private RingId AnyId()
        {
            if (_model.Items.Count == 0 || Random.Next(8) == 0) return new RingId(_model.LastId.Milliseconds + (ulong)Random.Next(0, 50), (ulong)Random.Next(1, 4));
            var recent = Random.Next(Math.Max(0, _model.Items.Count - 60), _model.Items.Count);
            var id = _model.Items[recent].Id;
            return Random.Next(6) switch { 0 => id.Previous() ?? id, 1 => id.Next() ?? id, _ => id };
        }
    }
}
