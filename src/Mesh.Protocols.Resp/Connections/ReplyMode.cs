namespace Mesh.Protocols.Resp.Connections;

/// <summary>Whether a client is answered (CLIENT REPLY). Pushes come in any case.</summary>
public enum ReplyMode
{
    On,

    Off,

    /// <summary>The next command is not answered.</summary>
    SkipNext,
}
