using System.Diagnostics;

namespace Mesh.Testing.Faults;

/// <summary>One message sent. Answered at most once, by the flow that sends it.</summary>
public sealed class Send(MessageId message, long sentAt, RisingCount acknowledged)
{
    private volatile Answer _answer;

    private enum Answer
    {
        Unknown,
        Acknowledged,
        Refused,
    }

    public MessageId Message => message;

    /// <summary>By <see cref="Stopwatch"/>.</summary>
    public long SentAt => sentAt;

    /// <summary>By <see cref="Stopwatch"/>; 0 when it was not answered.</summary>
    public long AnsweredAt { get; private set; }

    /// <summary>The sequence the server told; null when the door tells none.</summary>
    public long? Sequence { get; private set; }

    public bool IsAcknowledged => _answer == Answer.Acknowledged;

    public bool IsRefused => _answer == Answer.Refused;

    public void Acknowledged(long? sequence = null)
    {
        Sequence = sequence;
        AnsweredAt = Stopwatch.GetTimestamp();
        _answer = Answer.Acknowledged;
        acknowledged.Add(1);
    }

    /// <summary>The server said that nothing was stored.</summary>
    public void Refused()
    {
        AnsweredAt = Stopwatch.GetTimestamp();
        _answer = Answer.Refused;
    }
}
