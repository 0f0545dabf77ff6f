namespace Mesh.Protocols.Grpc.Framing;

/// <summary>What is to be done after the messages that had come were taken.</summary>
internal enum ReadOutcome
{
    /// <summary>Read on.</summary>
    More,

    /// <summary>The sink refused a message: make room, then read on.</summary>
    Full,

    /// <summary>The client has ended its stream and every message was taken.</summary>
    End,
}
