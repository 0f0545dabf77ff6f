namespace Mesh.Testing.Faults;

/// <summary>Holds one stream's history against what is stored of it.</summary>
internal sealed class StreamCheck(string stream, IReadOnlyDictionary<MessageId, Send> sends, IReadOnlyList<StoredMessage> stored, Findings findings)
{
    private readonly Dictionary<MessageId, long> _places = [];

    public void Run(IEnumerable<Reading> readings)
    {
        CheckPlaces();
        CheckOrder();
        CheckSends();
        foreach (var reading in readings) CheckReading(reading);
    }

    private void CheckPlaces()
    {
        for (var i = 0; i < stored.Count; i++)
        {
            var (sequence, message) = stored[i];
            if (i > 0 && sequence != stored[i - 1].Sequence + 1) findings.Gaps.Add($"{stream} between {stored[i - 1].Sequence} and {sequence}");
            if (!_places.TryAdd(message, sequence)) findings.Doubled.Add($"{stream} {message} at {_places[message]} and {sequence}");
        }
    }

    /// <summary>Only what was acknowledged has an order: something that nobody answered may come to be stored late.</summary>
    private void CheckOrder()
    {
        var last = new Dictionary<string, int>();
        foreach (var (sequence, message) in stored)
        {
            if (!sends.TryGetValue(message, out var send) || !send.IsAcknowledged) continue;
            if (last.TryGetValue(message.Producer, out var before) && message.Number < before)
                findings.Reordered.Add($"{stream} {message} at {sequence}, after number {before}");
            last[message.Producer] = message.Number;
        }
    }

    private void CheckSends()
    {
        foreach (var (message, send) in sends)
        {
            findings.Sent++;
            var isStored = _places.TryGetValue(message, out var sequence);
            if (send.IsAcknowledged)
            {
                findings.Acknowledged++;
                if (!isStored) findings.Lost.Add($"{stream} {message}, {Where(send)}");
                else if (send.Sequence is { } told && told != sequence) findings.Moved.Add($"{stream} {message} acknowledged at {told}, stored at {sequence}");
            }
            else if (send.IsRefused)
            {
                if (isStored) findings.Ghosts.Add($"{stream} {message} at {sequence}");
            }
            else
            {
                findings.Unknown++;
                if (isStored) findings.UnknownStored++;
            }
        }
    }

    /// <summary>Which part of the stream is lost tells what lost it.</summary>
    private string Where(Send lost)
    {
        var kept = sends.Values.Where(send => send.IsAcknowledged && _places.ContainsKey(send.Message)).ToList();
        if (!kept.Any(send => send.AnsweredAt < lost.AnsweredAt)) return "of the beginning";
        return kept.Any(send => send.AnsweredAt > lost.AnsweredAt) ? "of the middle" : "of the end";
    }

    private void CheckReading(Reading reading)
    {
        long? last = null;
        foreach (var message in reading.Messages)
        {
            if (!_places.TryGetValue(message, out var sequence))
            {
                findings.Stale.Add($"{stream} {message} was read and is not stored");
                continue;
            }

            if (last is { } before && sequence != before + 1) findings.Stale.Add($"{stream} {message}: {sequence} was read after {before}");
            last = sequence;
        }
    }
}
