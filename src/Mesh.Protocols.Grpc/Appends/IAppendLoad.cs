namespace Mesh.Protocols.Grpc.Appends;

/// <summary>What was gathered of a client's messages for one append. One caller at a time.</summary>
internal interface IAppendLoad : IDisposable
{
    /// <summary>Records.</summary>
    int Count { get; }

    /// <summary>Bytes.</summary>
    int Length { get; }

    /// <summary>Adds what one message holds; throws when the message is not right, and then adds nothing.</summary>
    void Add(ReadOnlySpan<byte> message);

    /// <summary>Appends all of it, and answers when it is durable; throws when it will not be.</summary>
    Task AppendAsync();

    /// <summary>Forgets it.</summary>
    void Reset();
}
