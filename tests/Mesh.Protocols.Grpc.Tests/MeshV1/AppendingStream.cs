using Google.Protobuf;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing.Grpc;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>One <c>AppendStream</c> call.</summary>
internal sealed class AppendingStream(GrpcDoor door) : IDisposable
{
    public GrpcClientCall Call { get; } = door.Open("AppendStream");

    /// <summary>A call whose first message names the stream.</summary>
    public static async Task<AppendingStream> OpenAsync(GrpcDoor door, string stream, ulong producer = 0, long firstNumber = 1)
    {
        var appending = new AppendingStream(door);
        await appending.Call.SendAsync(new V1.AppendStreamRequest { Stream = stream, ProducerId = producer, FirstNumber = firstNumber }.ToByteArray());
        return appending;
    }

    public Task SendAsync(params string[] bodies) =>
        Call.SendAsync(new V1.AppendStreamRequest { Records = { bodies.Select(MeshCalls.Record) } }.ToByteArray());

    /// <summary>Reads what the server says until so many records are acknowledged.</summary>
    /// <returns>Number and sequence of each; 0 where the sequence is not told.</returns>
    public async Task<List<(long Number, long Sequence)>> AcksAsync(int records)
    {
        var acks = new List<(long, long)>();
        while (acks.Count < records)
        {
            var ack = await NextAsync();
            for (var i = 0; i < ack.Count; i++) acks.Add((ack.FirstNumber + i, ack.FirstSequence == 0 ? 0 : ack.FirstSequence + i));
        }

        return acks;
    }

    public async Task<V1.AppendStreamResponse> NextAsync() => V1.AppendStreamResponse.Parser.ParseFrom(
        await Call.ReadAsync() ?? throw new InvalidOperationException($"The call ended: {await Call.StatusAsync()}"));

    public async Task<GrpcClientStatus> EndAsync()
    {
        Call.Complete();
        return await Call.StatusAsync();
    }

    public void Dispose() => Call.Dispose();
}
