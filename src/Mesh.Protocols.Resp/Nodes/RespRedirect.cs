namespace Mesh.Protocols.Resp.Nodes;

/// <summary>What a node that a room is not assigned to does with its clients.</summary>
public enum RespRedirect
{
    /// <summary>It serves them: every room works at every node.</summary>
    Off,

    /// <summary>It sends those of shard channels to a node of the channel, as Redis Cluster does.</summary>
    On,

    /// <summary>Those of plain channels too, for clients that follow by themselves: Redis does not do that, and many a client of a cluster does not expect it.</summary>
    All,
}
