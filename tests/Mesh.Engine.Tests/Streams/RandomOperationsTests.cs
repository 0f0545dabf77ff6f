using System.Text;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>A ring against <see cref="StreamModel"/>, by random operations with restarts and storage faults among them.</summary>
public sealed class RandomOperationsTests
{
    private static readonly StreamName Name = StreamName.Ring("model");

    public static TheoryData<int, string> Seeds()
    {
        var seeds = new TheoryData<int, string>();
        for (var seed = 1; seed <= 12; seed++)
            foreach (var kind in new[] { "everything", "count", "age" }) seeds.Add(seed, kind);
        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_stream_behaves_as_a_plain_list(int seed, string retention)
    {
        var options = retention switch
        {
            "count" => new StreamOptions { RetentionCount = 25 },
            "age" => new StreamOptions { RetentionAge = TimeSpan.FromSeconds(20) },
            _ => StreamOptions.Default,
        };
        await using var run = new Run(seed, options);
        await run.StartAsync();
        for (var step = 0; step < 300; step++)
        {
            try
            {
                await run.StepAsync();
            }
            catch (Exception reason)
            {
                throw new InvalidOperationException($"Seed {seed}, {retention}, step {step}: {reason.Message}", reason);
            }
        }
    }

    private sealed class Run(int seed, StreamOptions options) : IAsyncDisposable
    {
        private readonly Random _random = new(seed);
        private readonly ManualClock _clock = new();
        private readonly FaultyLogStore _store = new(new MemoryLogStore());
        private readonly List<string> _ids = [];
        private StreamModel _model = null!;
        private EmbeddedMesh _mesh = null!;
        private int _bodies;

        public async Task StartAsync()
        {
            _model = new StreamModel(options, _clock);
            await OpenAsync();
            await _mesh.Catalogue.CreateAsync(Name, options, default);
        }

        public async Task StepAsync()
        {
            switch (_random.Next(20))
            {
                case < 7: await AppendAsync(); break;
                case 7: await RepeatAsync(); break;
                case 8: await AppendManyAtOnceAsync(); break;
                case < 12: await ReadAsync(); break;
                case 12: await ReadFromTimeAsync(); break;
                case 13: await RangeByIdAsync(); break;
                case 14: await TrimAsync(); break;
                case 15: MoveClock(); break;
                case 16: await FailAsync(); break;
                case 17: await BeAwayAsync(); break;
                case 18: await RestartAsync(); break;
                default: await CheckStateAsync(); break;
            }
        }

        public ValueTask DisposeAsync() => _mesh.DisposeAsync();

        private IRing Ring => _mesh.Ring(Name);

        private async Task OpenAsync()
        {
            // A tail cache of a few batches, so that reads go to storage too.
            var bounds = new EmbeddedMeshOptions
            {
                Commit = new() { CacheBytesMax = _random.Next(2) * 2000 },
                Engine = new() { TrimInterval = TimeSpan.FromSeconds(_random.Next(3)) },
            };
            _mesh = await EmbeddedMesh.StartAsync(_store, bounds, _clock);
        }

        private string[] NewBodies() => [.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ => $"body {_bodies++}")];

        private async Task AppendAsync()
        {
            var bodies = NewBodies();
            var id = _random.Next(3) == 0 ? $"id {_ids.Count}" : null;
            var result = await Ring.AppendAsync(Given.Segment(bodies), Dedupe(id));
            _model.Append(Assert.IsType<AppendResult.Appended>(result), bodies, id);
            if (id is not null) _ids.Add(id);
        }

        private async Task RepeatAsync()
        {
            if (_ids.Count == 0) return;
            var id = _ids[_random.Next(_ids.Count)];
            if (!_model.HasSeen(id, out var seen)) return;
            var result = await Ring.AppendAsync(Given.Segment("a repeat"), Dedupe(id));
            var duplicate = Assert.IsType<AppendResult.Duplicate>(result);
            Assert.Equal(seen, (duplicate.First.Value, duplicate.Count));
        }

        private async Task AppendManyAtOnceAsync()
        {
            var all = Enumerable.Range(0, _random.Next(2, 10)).Select(_ => NewBodies()).ToList();
            var appends = all.ConvertAll(bodies => Ring.AppendAsync(Given.Segment(bodies)).AsTask());
            for (var i = 0; i < all.Count; i++) _model.Append(Assert.IsType<AppendResult.Appended>(await appends[i]), all[i], null);
        }

        private async Task ReadAsync()
        {
            var from = _random.NextInt64(0, _model.High + 3);
            var max = _random.Next(1, 40);
            var backwards = _random.Next(2) == 0;
            var expected = _model.Read(from, max, backwards);
            var found = new List<(long, string)>();
            var next = new Sequence(from);
            while (found.Count < max)
            {
                var page = await Ring.ReadAsync(new ReadQuery { From = next, Backwards = backwards, RecordsMax = max - found.Count, BytesMax = _random.Next(1, 3000) });
                if (page.Count == 0) break;
                foreach (var record in page)
                {
                    Check(record);
                    found.Add((record.Sequence.Value, Encoding.UTF8.GetString(record.Body)));
                }

                next = page.Next;
            }

            Assert.Equal(expected, found);
        }

        private void Check(in Mesh.Frames.RecordView record)
        {
            var expected = _model.At(record.Sequence.Value);
            Assert.Equal(expected.Time, record.Time);
            Assert.Equal(expected.Id, record.Id);
        }

        private async Task ReadFromTimeAsync()
        {
            if (_model.High == 0) return;
            var time = _model.At(_random.NextInt64(1, _model.High + 1)).Time.Plus(_random.Next(-1, 2));
            var page = await Ring.ReadAsync(new ReadQuery { FromTime = time, RecordsMax = 1 });
            var expected = _model.Read(_model.FirstFrom(time), 1, backwards: false).ConvertAll(record => record.Sequence);
            Assert.Equal(expected, page.Sequences());
        }

        private async Task RangeByIdAsync()
        {
            if (_model.High == 0) return;
            var first = _random.NextInt64(1, _model.High + 1);
            var last = Math.Min(_model.High, first + _random.Next(20));
            var backwards = _random.Next(2) == 0;
            var page = await Ring.RangeAsync(_model.At(first).Id, _model.At(last).Id, 100, backwards);
            var expected = _model.Read(first, (int)(last - first + 1), backwards: false).ConvertAll(record => record.Sequence).Where(sequence => sequence <= last).ToList();
            if (backwards) expected.Reverse();
            Assert.Equal(expected, page.Sequences());
        }

        private async Task TrimAsync()
        {
            var keep = _random.Next(0, 40);
            Assert.Equal(_model.TrimToCount(keep), await Ring.TrimToCountAsync(keep));
        }

        private void MoveClock()
        {
            if (_random.Next(4) > 0)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 9000)));
                _model.ForgetOlderThan(StreamOptions.Default.DedupeWindow);
                return;
            }

            _clock.Advance(StreamOptions.Default.DedupeWindow);
            _model.ForgetOlderThan(StreamOptions.Default.DedupeWindow);
        }

        private async Task FailAsync()
        {
            await AppendAsync();
            var fault = (CommitFault)_random.Next(1, 4);
            var bodies = NewBodies();
            _store.FailNextCommit(fault);
            var append = Ring.AppendAsync(Given.Segment(bodies)).AsTask();
            if (fault == CommitFault.UnknownStored) _model.Append(Assert.IsType<AppendResult.Appended>(await append), bodies, null);
            else await Assert.ThrowsAsync<StorageUnavailableException>(() => append);
        }

        private async Task BeAwayAsync()
        {
            _store.IsAway = true;
            await Assert.ThrowsAsync<StorageUnavailableException>(() => Ring.AppendAsync(Given.Segment("refused")).AsTask());
            _store.IsAway = false;
        }

        private async Task RestartAsync()
        {
            await _mesh.DisposeAsync();
            await OpenAsync();
        }

        private async Task CheckStateAsync()
        {
            var state = await Ring.StateAsync();
            Assert.Equal((_model.High, _model.LastTime, _model.LastId), (state.HighWatermark.Value, state.LastTime, state.LastId));
            Assert.Equal(Math.Min(_model.Low, _model.High + 1), state.LowWatermark.Value);
        }

        private static AppendOptions Dedupe(string? id) => id is null ? default : new AppendOptions { DedupeId = Encoding.UTF8.GetBytes(id) };
    }
}
