using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;

namespace Mesh.Bench.Servers;

/// <summary>Answers every RESP command with <c>:0</c>, without parsing more than where it ends: the least that any server on this transport does.</summary>
internal static class BareServer
{
    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.Run(ServeAsync)));
        await using var app = builder.Build();
        await app.RunAsync();
    }

    private static async Task ServeAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var read = await input.ReadAsync();
            var consumed = AnswerAll(read.Buffer, output);
            input.AdvanceTo(consumed, read.Buffer.End);
            if (read.IsCompleted) return;
            await output.FlushAsync();
        }
    }

    private static SequencePosition AnswerAll(in ReadOnlySequence<byte> bytes, IBufferWriter<byte> output)
    {
        var reader = new SequenceReader<byte>(bytes);
        var consumed = reader.Position;
        while (TrySkipCommand(ref reader))
        {
            output.Write(":0\r\n"u8);
            consumed = reader.Position;
        }

        return consumed;
    }

    private static bool TrySkipCommand(ref SequenceReader<byte> reader)
    {
        if (!reader.TryReadTo(out ReadOnlySequence<byte> header, (byte)'\n')) return false;
        for (var left = Number(header); left > 0; left--)
        {
            if (!reader.TryReadTo(out ReadOnlySequence<byte> length, (byte)'\n')) return false;
            var skip = Number(length) + 2;
            if (reader.Remaining < skip) return false;
            reader.Advance(skip);
        }

        return true;
    }

    private static int Number(in ReadOnlySequence<byte> line)
    {
        var number = 0;
        foreach (var piece in line)
            foreach (var digit in piece.Span)
                if (digit is >= (byte)'0' and <= (byte)'9') number = (number * 10) + digit - '0';
        return number;
    }
}
