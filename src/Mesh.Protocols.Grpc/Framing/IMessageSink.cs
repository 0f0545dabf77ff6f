namespace Mesh.Protocols.Grpc.Framing;

/// <summary>Takes the messages of a client where they lie.</summary>
internal interface IMessageSink
{
    /// <param name="message">Good until the call returns.</param>
    /// <returns>False when there is no room now: the message was not taken and is offered again by the next read.</returns>
    /// <exception cref="GrpcException">The message is not what the method takes.</exception>
    bool TryTake(ReadOnlySpan<byte> message);
}
