using System.Runtime.CompilerServices;
using Mesh.Client.Wire;

namespace Mesh.Client.Reads;

/// <summary>Follows a stream over as many calls as it takes: each begins behind the last record that was handed out.</summary>
internal sealed class TailReader(MeshClient client, string project, string address, RecordFilter? filter, Action<long>? missed)
{
    public async IAsyncEnumerable<MeshRecord> ReadAsync(ReadStart start, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new V1.TailRequest { Project = project, Stream = address, Filter = filter?.ToMessage() };
        start.WriteTo(request);
        var retry = new Retry(client.Options.RetryFor);
        while (true)
        {
            using var call = client.Channel.Open("Tail", request, cancel);
            while (await NextAsync(call, retry, cancel).ConfigureAwait(false) is { } message)
            {
                retry.Reset();
                if (message.Missed > 0) missed?.Invoke(message.Missed);
                foreach (var record in message.Records)
                {
                    yield return new MeshRecord(record);
                    request.From = record.Sequence + 1;
                }

                request.From = message.Next;
            }
        }
    }

    /// <returns>Null when the call is over, and another one is to be made.</returns>
    private static async ValueTask<V1.TailResponse?> NextAsync(GrpcCall call, Retry retry, CancellationToken cancel)
    {
        try
        {
            if (await call.MoveNextAsync().ConfigureAwait(false)) return V1.TailResponse.Parser.ParseFrom(call.Current.Span);
        }
        catch (MeshException failure) when (failure.IsTransient)
        {
            if (!await retry.WaitAsync(cancel).ConfigureAwait(false)) throw;
        }

        return null;
    }
}
