using System.Text;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>How far a subscriber has come in each partition, so that it can be told where to go on when its call ends. Not thread-safe.</summary>
internal sealed class SubscriberPositions
{
    /// <summary>What stands before a partition's name in the facts of a status.</summary>
    public const string FactPrefix = "resume:";

    /// <summary>Bytes of names and sequences that one status tells; a status must fit into the headers that a client takes.</summary>
    private const int BytesMax = 3000;

    private readonly Dictionary<StreamName, Sequence> _next = [];

    /// <summary>The first sequence that the subscriber did not get.</summary>
    public void Set(in StreamName partition, Sequence next) => _next[partition] = next;

    /// <summary>The status, with the positions as facts: <c>resume:</c> and the partition's name, and the sequence. With <c>resume_complete</c> false there are more than fit.</summary>
    public GrpcStatus AddTo(GrpcStatus status, string reason, params (string Name, string Value)[] facts)
    {
        var all = new List<(string Name, string Value)>(facts);
        var bytes = 0;
        foreach (var (partition, next) in _next)
        {
            var fact = (Name: FactPrefix + partition.Name, Value: next.ToString());
            bytes += Encoding.UTF8.GetByteCount(fact.Name) + fact.Value.Length;
            if (bytes > BytesMax) break;
            all.Add(fact);
        }

        all.Add(("resume_complete", bytes > BytesMax ? "false" : "true"));
        return status with { Details = new StatusDetails(status.Details?.Reason ?? reason, status.Details?.RetryAfter, [.. status.Details?.Facts ?? [], .. all]) };
    }
}
