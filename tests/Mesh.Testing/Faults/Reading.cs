namespace Mesh.Testing.Faults;

/// <summary>What one reader saw of a stream, in the order it saw it. Used by one flow.</summary>
public sealed class Reading(string stream)
{
    private readonly List<MessageId> _messages = [];

    public string Stream => stream;

    public IReadOnlyList<MessageId> Messages => _messages;

    public void Saw(MessageId message) => _messages.Add(message);
}
