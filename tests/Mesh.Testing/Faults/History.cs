using System.Diagnostics;

namespace Mesh.Testing.Faults;

/// <summary>
/// What clients did and saw while faults were made: what they sent and how it was answered, what they read, and when. Messages are told apart by producer and
/// number, and a producer numbers them from 1. Thread-safe.
/// </summary>
public sealed class History
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<MessageId, Send>> _sends = [];
    private readonly Dictionary<string, RisingCount> _acknowledged = [];
    private readonly List<Reading> _readings = [];
    private readonly List<(string Name, long At)> _faults = [];

    /// <summary>A message is on its way; nobody knows what becomes of it until it is answered.</summary>
    public Send Sending(string stream, MessageId message)
    {
        var send = new Send(message, Stopwatch.GetTimestamp(), AcknowledgedIn(stream));
        lock (_gate)
        {
            if (!_sends.TryGetValue(stream, out var sends)) _sends.Add(stream, sends = []);
            sends.Add(message, send);
        }

        return send;
    }

    /// <summary>One reader that follows a stream, from its start or from where it says.</summary>
    public Reading Reading(string stream)
    {
        var reading = new Reading(stream);
        lock (_gate) _readings.Add(reading);
        return reading;
    }

    public void Fault(string name)
    {
        lock (_gate) _faults.Add((name, Stopwatch.GetTimestamp()));
    }

    /// <summary>The messages of a stream that were acknowledged so far.</summary>
    public IReadOnlyList<MessageId> AcknowledgedOf(string stream)
    {
        lock (_gate) return _sends.TryGetValue(stream, out var sends) ? [.. sends.Values.Where(send => send.IsAcknowledged).Select(send => send.Message)] : [];
    }

    /// <summary>Waits until each of the streams has had so many messages acknowledged.</summary>
    /// <exception cref="TimeoutException">One has not in time; the message names it.</exception>
    public Task AcknowledgedAsync(IEnumerable<string> streams, int count, TimeSpan timeMax) =>
        Task.WhenAll(streams.Distinct().Select(stream => ReachesAsync(stream, count, timeMax)));

    /// <summary>Waits until each of the streams has had so many messages more acknowledged than now.</summary>
    /// <exception cref="TimeoutException">One has not in time; the message names it.</exception>
    public Task AcknowledgedMoreAsync(IEnumerable<string> streams, int more, TimeSpan timeMax) =>
        Task.WhenAll(streams.Distinct().Select(stream => ReachesAsync(stream, AcknowledgedIn(stream).Now + more, timeMax)));

    /// <summary>Compares what was answered and read with what is stored at the end.</summary>
    /// <param name="stored">Each stream's records from the first to the last, with their sequences.</param>
    public Findings Check(IReadOnlyDictionary<string, IReadOnlyList<StoredMessage>> stored)
    {
        lock (_gate)
        {
            var findings = new Findings();
            foreach (var (stream, sends) in _sends) new StreamCheck(stream, sends, stored.GetValueOrDefault(stream) ?? [], findings).Run(_readings.Where(each => each.Stream == stream));
            foreach (var (name, at) in _faults) findings.Recoveries.AddRange(_sends.Select(each => RecoveryOf(name, at, each.Key, each.Value.Values)));
            return findings;
        }
    }

    /// <summary>Waits until one producer has had so many messages acknowledged.</summary>
    /// <exception cref="TimeoutException">It has not in time; the message names the stream.</exception>
    public async Task AcknowledgedByAsync(string stream, string producer, int count, TimeSpan timeMax)
    {
        while (AcknowledgedOf(stream).Count(message => message.Producer == producer) < count) await AcknowledgedMoreAsync([stream], 1, timeMax);
    }

    private RisingCount AcknowledgedIn(string stream)
    {
        lock (_gate)
        {
            if (!_acknowledged.TryGetValue(stream, out var count)) _acknowledged.Add(stream, count = new RisingCount());
            return count;
        }
    }

    private async Task ReachesAsync(string stream, int count, TimeSpan timeMax)
    {
        var acknowledged = AcknowledgedIn(stream);
        try
        {
            await acknowledged.ReachesAsync(count).WaitAsync(timeMax);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{stream} has had {acknowledged.Now} messages acknowledged, not {count}, within {timeMax}.");
        }
    }

    /// <summary>From a fault to the first answer to something sent after it.</summary>
    private static Recovery RecoveryOf(string fault, long at, string stream, IEnumerable<Send> sends)
    {
        var answers = sends.Where(send => send.IsAcknowledged && send.SentAt >= at).Select(send => send.AnsweredAt).DefaultIfEmpty(long.MaxValue).Min();
        return new Recovery(fault, stream, answers == long.MaxValue ? null : Stopwatch.GetElapsedTime(at, answers));
    }
}

/// <summary>Which message it is.</summary>
public readonly record struct MessageId(string Producer, int Number)
{
    public override string ToString() => $"{Producer}:{Number}";

    public static MessageId Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return new MessageId(text[..colon], int.Parse(text.AsSpan(colon + 1), provider: System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>A record as it is stored.</summary>
public readonly record struct StoredMessage(long Sequence, MessageId Message);

/// <summary>How long a stream took no appends after a fault; null when it never did again.</summary>
public sealed record Recovery(string Fault, string Stream, TimeSpan? Time);
