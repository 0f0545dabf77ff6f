using System.Diagnostics;
using System.Net;
using System.Text;
using Google.Protobuf;
using Mesh.Frames;
using Mesh.Testing.Grpc;

namespace Mesh.Bench.Load;

/// <summary>Appends through mesh.v1's AppendStream, one record a message, with a window of records that are not acknowledged yet. One call, one flow.</summary>
internal static class MeshV1Load
{
    /// <returns>Records acknowledged per second.</returns>
    /// <exception cref="InvalidOperationException">The call ended.</exception>
    public static Task<double> RunAsync(IPEndPoint server, int window, int bodyBytes, TimeSpan duration) =>
        AppendAsync(server, "ring:bench", window, bodyBytes, duration, long.MaxValue);

    /// <summary>Appends so many records to a stream.</summary>
    public static Task FillAsync(IPEndPoint server, string address, long records, int bodyBytes) =>
        AppendAsync(server, address, (int)Math.Min(records, 4096), bodyBytes, TimeSpan.MaxValue, records);

    /// <summary>Reads a stream from its beginning by Tail.</summary>
    /// <returns>Records per second.</returns>
    /// <exception cref="InvalidOperationException">The call ended.</exception>
    public static async Task<double> TailAsync(IPEndPoint server, string address, long records)
    {
        using var client = new GrpcClient(new Uri($"http://{server}"));
        using var call = client.Open("/mesh.v1.Mesh/Tail");
        var since = Stopwatch.GetTimestamp();
        await call.SendAsync(new V1.TailRequest { Stream = address, From = 1 }.ToByteArray());
        call.Complete();
        long count = 0, bytes = 0;
        while (count < records)
        {
            var message = await call.ReadAsync() ?? throw new InvalidOperationException($"Tail ended: {await call.StatusAsync()}.");
            foreach (var record in V1.TailResponse.Parser.ParseFrom(message).Records)
            {
                bytes += record.Body.Length;
                count++;
            }
        }

        return count / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task<double> AppendAsync(IPEndPoint server, string address, int window, int bodyBytes, TimeSpan duration, long recordsMax)
    {
        using var client = new GrpcClient(new Uri($"http://{server}"));
        using var call = client.Open("/mesh.v1.Mesh/AppendStream");
        await call.SendAsync(Field(2, Encoding.UTF8.GetBytes(address)));
        var one = GrpcClientCall.Frame(Field(3, Field(1, new byte[bodyBytes])));
        var many = Enumerable.Repeat(one, window).SelectMany(each => each).ToArray();
        var since = Stopwatch.GetTimestamp();
        long sent = window, acknowledged = 0;
        await call.SendRawAsync(many);
        var acks = new AckReader(await call.ReadRawAsync());
        while (acknowledged < sent)
        {
            var count = await acks.NextAsync();
            acknowledged += count;
            var more = (int)Math.Min(count, recordsMax - sent);
            if (more == 0 || Stopwatch.GetElapsedTime(since) >= duration) continue;
            await call.SendRawAsync(many.AsMemory(0, more * one.Length));
            sent += more;
        }

        var rate = acknowledged / Stopwatch.GetElapsedTime(since).TotalSeconds;
        call.Complete();
        var status = await call.StatusAsync();
        return status.Code == 0 ? rate : throw new InvalidOperationException($"AppendStream was answered {status}.");
    }

    private static byte[] Field(int number, byte[] bytes) => [(byte)((number << 3) | 2), (byte)bytes.Length, .. bytes];

    /// <summary>Reads acknowledgements.</summary>
    private sealed class AckReader(Stream stream)
    {
        private const int HeaderBytes = 5;
        private const int CountTag = 2 << 3;

        private readonly byte[] _received = new byte[64 * 1024];
        private int _from;
        private int _to;

        /// <summary>Waits for acknowledgements and takes all that are there.</summary>
        /// <returns>Records that they acknowledge.</returns>
        public async ValueTask<int> NextAsync()
        {
            var records = 0;
            while (records == 0)
            {
                _received.AsSpan(_from, _to - _from).CopyTo(_received);
                (_from, _to) = (0, _to - _from);
                var read = await stream.ReadAsync(_received.AsMemory(_to));
                if (read == 0) throw new InvalidOperationException("AppendStream ended.");
                _to += read;
                while (TryTake(out var count)) records += count;
            }

            return records;
        }

        private bool TryTake(out int count)
        {
            count = 0;
            var left = _received.AsSpan(_from, _to - _from);
            if (left.Length < HeaderBytes || left.Length < HeaderBytes + left[HeaderBytes - 1]) return false;
            var message = left.Slice(HeaderBytes, left[HeaderBytes - 1]);
            for (var at = 0; at < message.Length;)
            {
                var tag = Varint.Read(message, ref at);
                if (tag == CountTag) count = (int)Varint.Read(message, ref at);
                else if ((tag & 7) == 0) Varint.Read(message, ref at);
                else Varint.ReadBlock(message, ref at);
            }

            _from += HeaderBytes + message.Length;
            return true;
        }
    }
}
