using System.Buffers;
using System.Text;
using Mesh.Frames;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>What a status says to programs: an encoded <c>google.rpc.Status</c> with an <c>ErrorInfo</c>, and a <c>RetryInfo</c> where trying again helps.</summary>
/// <param name="Reason">What happened, in capitals and underscores; for ever the same.</param>
/// <param name="RetryAfter">When to try again; null when that does not help.</param>
/// <param name="Facts">Names and values that belong to the reason.</param>
internal sealed record StatusDetails(string Reason, TimeSpan? RetryAfter = null, params (string Name, string Value)[] Facts)
{
    private const string Domain = "mesh";
    private const string TypePrefix = "type.googleapis.com/google.rpc.";

    /// <summary>The value of <see cref="GrpcHeaders.StatusDetails"/>: the message in base 64 without padding.</summary>
    public string Encode(GrpcStatus status)
    {
        var message = new ArrayBufferWriter<byte>();
        Number(message, 1, (ulong)status.Code);
        Text(message, 2, status.Message.Length <= StatusMessage.BytesMax ? status.Message : status.Message[..StatusMessage.BytesMax]);
        Any(message, "ErrorInfo", ErrorInfo());
        if (RetryAfter is { } wait) Any(message, "RetryInfo", RetryInfo(wait));
        return Convert.ToBase64String(message.WrittenSpan).TrimEnd('=');
    }

    private ArrayBufferWriter<byte> ErrorInfo()
    {
        var info = new ArrayBufferWriter<byte>();
        Text(info, 1, Reason);
        Text(info, 2, Domain);
        foreach (var (name, value) in Facts)
        {
            var entry = new ArrayBufferWriter<byte>();
            Text(entry, 1, name);
            Text(entry, 2, value);
            Bytes(info, 3, entry.WrittenSpan);
        }

        return info;
    }

    private static ArrayBufferWriter<byte> RetryInfo(TimeSpan wait)
    {
        var delay = new ArrayBufferWriter<byte>();
        Number(delay, 1, (ulong)(wait.Ticks / TimeSpan.TicksPerSecond));
        Number(delay, 2, (ulong)(wait.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
        var info = new ArrayBufferWriter<byte>();
        Bytes(info, 1, delay.WrittenSpan);
        return info;
    }

    private static void Any(ArrayBufferWriter<byte> target, string type, ArrayBufferWriter<byte> value)
    {
        var any = new ArrayBufferWriter<byte>();
        Text(any, 1, TypePrefix + type);
        Bytes(any, 2, value.WrittenSpan);
        Bytes(target, 3, any.WrittenSpan);
    }

    private static void Text(ArrayBufferWriter<byte> target, int field, string text) => Bytes(target, field, Encoding.UTF8.GetBytes(text));

    private static void Bytes(ArrayBufferWriter<byte> target, int field, ReadOnlySpan<byte> bytes)
    {
        Head(target, field, WireType.Length, (ulong)bytes.Length);
        target.Write(bytes);
    }

    private static void Number(ArrayBufferWriter<byte> target, int field, ulong value) => Head(target, field, WireType.Varint, value);

    private static void Head(ArrayBufferWriter<byte> target, int field, WireType type, ulong value)
    {
        var head = target.GetSpan(1 + Varint.BytesMax);
        head[0] = (byte)((field << 3) | (int)type);
        target.Advance(1 + Varint.Write(head[1..], value));
    }
}
