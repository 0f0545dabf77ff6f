using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing.Grpc;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>One <c>Tail</c> call that is active.</summary>
internal sealed class Tailing : IDisposable
{
    private readonly Queue<V1.Record> _records = new();

    private Tailing(GrpcClientCall call) => Call = call;

    public GrpcClientCall Call { get; }

    /// <summary>Where the last message said to go on.</summary>
    public long Next { get; private set; }

    /// <summary>Records that the messages so far said were missed.</summary>
    public long Missed { get; private set; }

    public static async Task<Tailing> OpenAsync(GrpcDoor door, V1.TailRequest request)
    {
        var tailing = new Tailing(await door.OpenAsync("Tail", request));
        await tailing.TakeAsync();
        return tailing;
    }

    public async Task<V1.Record> NextAsync()
    {
        while (_records.Count == 0) await TakeAsync();
        return _records.Dequeue();
    }

    public async Task<List<string>> BodiesAsync(int records)
    {
        var bodies = new List<V1.Record>();
        while (bodies.Count < records) bodies.Add(await NextAsync());
        return bodies.Bodies();
    }

    /// <summary>Takes one message.</summary>
    public async Task TakeAsync()
    {
        var message = V1.TailResponse.Parser.ParseFrom(await Call.ReadAsync() ?? throw new InvalidOperationException($"The call ended: {await Call.StatusAsync()}"));
        foreach (var record in message.Records) _records.Enqueue(record);
        Next = message.Next;
        Missed += message.Missed;
    }

    public void Dispose() => Call.Dispose();
}
