using System.Buffers;
using System.Globalization;
using System.Text;
using Mesh.Engine.Claims;
using Mesh.Frames;
using Xunit;

namespace Mesh.Engine.Tests.Claims;

/// <summary>After every one of many random operations: what is read back from the last snapshot and the changes since is what there is.</summary>
public sealed class ClaimReplayTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Snapshot_and_journal_give_the_same_table_after_every_operation(int seed)
    {
        var run = new Run(seed);
        for (var step = 0; step < 500; step++)
        {
            var did = run.Step();
            var (expected, actual) = run.Compare();
            Assert.True(expected == actual, $"Seed {seed}, step {step}, after {did}:\nis       {expected}\nreplayed {actual}");
        }
    }

    [Fact]
    public void A_change_of_an_unknown_kind_is_refused_by_its_op_code()
    {
        var reason = Assert.Throws<CorruptFrameException>(() => new ClaimTable(_ => { }).Apply([99]));
        Assert.Contains("op code 99", reason.Message, StringComparison.Ordinal);
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly List<byte[]> _journal = [];
        private readonly List<ClaimId> _known = [];
        private readonly int _deliveriesMax;
        private byte[] _snapshot = [];
        private ClaimTable _table;
        private RecordTime _now = new(1_000_000_000);
        private Sequence _low = Sequence.First;

        public Run(int seed)
        {
            _random = new Random(seed);
            _deliveriesMax = _random.Next(2) == 0 ? int.MaxValue : 2;
            _table = NewTable();
        }

        public string Step()
        {
            _table.Advance(_now);
            switch (_random.Next(16))
            {
                case < 3: return Examine();
                case < 6: return Claim();
                case 6: return $"an extension: {_table.Extend(AnyClaim(), Terms(), _now)}";
                case 7: return $"a release: {_table.Release(AnyClaim())}";
                case < 10: return $"an ack: {_table.Ack(AnySequence(), AnyClaim(), _table.Frontier.Plus(20))}";
                case 10: return Delete();
                case 11: return Bury();
                case 12: return Trim();
                case 13: return Snapshot();
                case 14: return Restart();
                default:
                    _now = _now.Plus(TimeSpan.FromSeconds(_random.Next(1, 40)));
                    return "time";
            }
        }

        /// <summary>The table, and the same as it is after recovery.</summary>
        public (string Is, string Replayed) Compare()
        {
            // What was only looked at, and what is on its way elsewhere, need not survive.
            _table.Advance(_now);
            _table.WriteExamined();
            return (Describe(_table), Describe(Replay()));
        }

        private ClaimTable NewTable() => new(change => _journal.Add(change.ToArray()), _deliveriesMax);

        private ClaimTable Replay()
        {
            var table = new ClaimTable(_ => throw new InvalidOperationException("Replaying writes nothing."), _deliveriesMax);
            if (_snapshot.Length > 0) table.ReadSnapshot(_snapshot);
            foreach (var change in _journal)
            {
                // Twice is the same as once.
                table.Apply(change);
                table.Apply(change);
            }

            table.TrimBelow(_low);
            table.Advance(_now);
            return table;
        }

        private string Describe(ClaimTable table)
        {
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"{table.Frontier} {table.Low} {table.CountThrough(table.Frontier.Plus(30))} {table.Held} {table.Claims}");
            for (var sequence = table.Low; sequence < table.Frontier.Plus(30); sequence = sequence.Next())
            {
                if (table.IsGone(sequence)) text.Append(CultureInfo.InvariantCulture, $" {sequence}:gone");
                if (table.EntryOf(sequence) is not { } entry) continue;
                var isDue = entry.VisibleAt <= _now;
                text.Append(CultureInfo.InvariantCulture, $" {sequence}:{(isDue ? 0 : entry.VisibleAt.Micros)},{entry.ExpiresAt.Micros},{entry.Deliveries},{entry.Claim?.Id}");
                if (entry.Claim is { } claim) text.Append(CultureInfo.InvariantCulture, $"({claim.At.Micros},{claim.Timeout})");
            }

            return text.AppendJoin(' ', [" free", .. table.Free().Select(entry => entry.Sequence), "spent", .. table.Spent().Select(entry => entry.Sequence)]).ToString();
        }

        private string Examine()
        {
            var count = _random.Next(1, 8);
            for (var left = count; left > 0; left--)
            {
                // Now and then records are skipped, as damaged ones are.
                var sequence = _table.Frontier.Value + (_random.Next(15) == 0 ? _random.Next(1, 5) : 0);
                var visibleAt = _random.Next(4) == 0 ? _now.Plus(TimeSpan.FromSeconds(_random.Next(1, 60))) : RecordTime.None;
                var expiresAt = _random.Next(2) == 0 ? _now.Plus(TimeSpan.FromSeconds(_random.Next(0, 90))) : RecordTime.Max;
                var priority = _random.Next(3) == 0 ? _random.Next(1, 4) : 0;
                _table.Examine(new RecordTerms(sequence, visibleAt, expiresAt, priority), _now);
            }

            return $"looking at {count}";
        }

        private string Claim()
        {
            var free = _table.Free().Take(_random.Next(1, 6)).ToList();
            if (free.Count == 0) return "nothing free";
            _known.Add(new ClaimId(new Guid(_random.Next(), 1, 2, new byte[8])));
            _table.Claim(_known[^1], free, Terms(), _now);
            return $"a claim of {free.Count}";
        }

        private string Delete()
        {
            var sequences = Enumerable.Range(0, _random.Next(1, 5)).Select(_ => AnySequence().Value).Distinct().ToList();
            _table.Delete(sequences);
            return $"deleting {string.Join(' ', sequences)}";
        }

        private string Bury()
        {
            var spent = _table.Spent().ToList();
            foreach (var entry in spent) _table.Bury(entry);
            Assert.Empty(_table.Spent());
            foreach (var entry in spent) _table.Exhume(entry, _now);
            return $"burying {spent.Count}";
        }

        private string Trim()
        {
            var low = _table.Low.Plus(_random.Next(0, 12));
            _table.TrimBelow(low);
            _low = low > _low ? low : _low;
            return $"trimming below {low}";
        }

        private string Snapshot()
        {
            var snapshot = new ArrayBufferWriter<byte>();
            _table.WriteSnapshot(snapshot);
            _snapshot = snapshot.WrittenSpan.ToArray();
            _journal.Clear();
            return "a snapshot";
        }

        private string Restart()
        {
            var replayed = Replay();
            _table = NewTable();
            if (_snapshot.Length > 0) _table.ReadSnapshot(_snapshot);
            foreach (var change in _journal) _table.Apply(change);
            _table.TrimBelow(_low);
            _table.Advance(_now);
            Assert.Equal(Describe(replayed), Describe(_table));
            return "a restart";
        }

        private ClaimTerms Terms() => new(TimeSpan.FromSeconds(_random.Next(1, 60)), TimeSpan.FromSeconds(_random.Next(0, 30)));

        private ClaimId AnyClaim() => _known.Count == 0 || _random.Next(6) == 0
            ? new ClaimId(Guid.Empty)
            : _known[_random.Next(Math.Max(0, _known.Count - 6), _known.Count)];

        /// <summary>One that there may be, or from beyond the frontier.</summary>
        private Sequence AnySequence() => new(_random.NextInt64(_table.Low.Value, _table.Frontier.Value + 12));
    }
}
