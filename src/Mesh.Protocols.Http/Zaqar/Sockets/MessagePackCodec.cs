using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>Reads and writes MessagePack as far as it says what JSON can say: binary is read as text, extensions are refused.</summary>
internal static class MessagePackCodec
{
    private const int DepthMax = 64;

    /// <exception cref="FormatException">It is not one whole value, it is nested too deep, or it is something that JSON cannot say.</exception>
    public static JsonNode? Read(ReadOnlySpan<byte> source)
    {
        try
        {
            var at = 0;
            var value = ReadValue(source, ref at, 0);
            return at == source.Length ? value : throw new FormatException("Something follows the value.");
        }
        catch (Exception wrong) when (wrong is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new FormatException("It ends within a value, a text is not UTF-8, or an integer does not fit 64 bits.", wrong);
        }
    }

    public static byte[] Write(JsonNode? value)
    {
        using var target = new MemoryStream();
        WriteValue(target, value);
        return target.ToArray();
    }

    private static JsonNode? ReadValue(ReadOnlySpan<byte> source, ref int at, int depth)
    {
        if (depth > DepthMax) throw new FormatException($"It is nested more than {DepthMax} deep.");
        var code = source[at++];
        return code switch
        {
            <= 0x7f => (long)code,
            <= 0x8f => ReadMap(source, ref at, code & 0x0f, depth),
            <= 0x9f => ReadArray(source, ref at, code & 0x0f, depth),
            <= 0xbf => ReadText(source, ref at, code & 0x1f),
            0xc0 => null,
            0xc2 => false,
            0xc3 => true,
            0xc4 or 0xd9 => ReadText(source, ref at, ReadLength(source, ref at, 1)),
            0xc5 or 0xda => ReadText(source, ref at, ReadLength(source, ref at, 2)),
            0xc6 or 0xdb => ReadText(source, ref at, ReadLength(source, ref at, 4)),
            0xca => (double)BinaryPrimitives.ReadSingleBigEndian(Take(source, ref at, 4)),
            0xcb => BinaryPrimitives.ReadDoubleBigEndian(Take(source, ref at, 8)),
            0xcc => (long)Take(source, ref at, 1)[0],
            0xcd => (long)BinaryPrimitives.ReadUInt16BigEndian(Take(source, ref at, 2)),
            0xce => (long)BinaryPrimitives.ReadUInt32BigEndian(Take(source, ref at, 4)),
            0xcf => checked((long)BinaryPrimitives.ReadUInt64BigEndian(Take(source, ref at, 8))),
            0xd0 => (long)(sbyte)Take(source, ref at, 1)[0],
            0xd1 => (long)BinaryPrimitives.ReadInt16BigEndian(Take(source, ref at, 2)),
            0xd2 => (long)BinaryPrimitives.ReadInt32BigEndian(Take(source, ref at, 4)),
            0xd3 => BinaryPrimitives.ReadInt64BigEndian(Take(source, ref at, 8)),
            0xdc => ReadArray(source, ref at, ReadLength(source, ref at, 2), depth),
            0xdd => ReadArray(source, ref at, ReadLength(source, ref at, 4), depth),
            0xde => ReadMap(source, ref at, ReadLength(source, ref at, 2), depth),
            0xdf => ReadMap(source, ref at, ReadLength(source, ref at, 4), depth),
            >= 0xe0 => (long)(sbyte)code,
            _ => throw new FormatException($"The code {code:x2} stands for nothing that JSON can say."),
        };
    }

    private static JsonArray ReadArray(ReadOnlySpan<byte> source, ref int at, int count, int depth)
    {
        var array = new JsonArray();
        for (var i = 0; i < count; i++) array.Add(ReadValue(source, ref at, depth + 1));
        return array;
    }

    private static JsonObject ReadMap(ReadOnlySpan<byte> source, ref int at, int count, int depth)
    {
        var map = new JsonObject();
        for (var i = 0; i < count; i++)
        {
            if (ReadValue(source, ref at, depth + 1) is not JsonValue key || !key.TryGetValue(out string? name)) throw new FormatException("The keys of a map must be text.");
            map[name] = ReadValue(source, ref at, depth + 1);
        }

        return map;
    }

    private static string ReadText(ReadOnlySpan<byte> source, ref int at, int length) => StrictUtf8.GetString(Take(source, ref at, length));

    private static int ReadLength(ReadOnlySpan<byte> source, ref int at, int bytes)
    {
        var length = 0L;
        foreach (var each in Take(source, ref at, bytes)) length = (length << 8) | each;
        return length <= source.Length ? (int)length : throw new FormatException("It claims to be longer than it is.");
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> source, ref int at, int bytes)
    {
        var taken = source.Slice(at, bytes);
        at += bytes;
        return taken;
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static void WriteValue(MemoryStream target, JsonNode? value)
    {
        switch (value)
        {
            case null:
                target.WriteByte(0xc0);
                break;
            case JsonArray array:
                WriteHead(target, array.Count, 0x90, 15, [0xdc, 0xdd]);
                foreach (var each in array) WriteValue(target, each);
                break;
            case JsonObject map:
                WriteHead(target, map.Count, 0x80, 15, [0xde, 0xdf]);
                foreach (var (name, each) in map)
                {
                    WriteText(target, name);
                    WriteValue(target, each);
                }

                break;
            default:
                WriteScalar(target, value.AsValue());
                break;
        }
    }

    private static void WriteScalar(MemoryStream target, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.True:
            case JsonValueKind.False:
                target.WriteByte(value.GetValue<bool>() ? (byte)0xc3 : (byte)0xc2);
                break;
            case JsonValueKind.Number:
                // A value knows only the type it was made with, its text every one.
                var text = value.ToJsonString();
                if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) WriteNumber(target, number);
                else WriteFixed(target, 0xcb, BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)));
                break;
            default:
                WriteText(target, value.GetValue<string>());
                break;
        }
    }

    private static void WriteNumber(MemoryStream target, long number)
    {
        if (number is >= -32 and <= 127) target.WriteByte(unchecked((byte)number));
        else WriteFixed(target, 0xd3, number);
    }

    private static void WriteFixed(MemoryStream target, byte code, long bits)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = code;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], bits);
        target.Write(bytes);
    }

    private static void WriteText(MemoryStream target, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteHead(target, bytes.Length, 0xa0, 31, [0xda, 0xdb]);
        target.Write(bytes);
    }

    /// <summary>Writes a count in the code itself, in 16 bits, or in 32.</summary>
    private static void WriteHead(MemoryStream target, int count, byte shortCode, int shortMax, ReadOnlySpan<byte> longCodes)
    {
        Span<byte> head = stackalloc byte[5];
        var length = count <= shortMax ? 1 : count <= ushort.MaxValue ? 3 : 5;
        head[0] = length == 1 ? (byte)(shortCode | count) : longCodes[length == 3 ? 0 : 1];
        if (length == 3) BinaryPrimitives.WriteUInt16BigEndian(head[1..], (ushort)count);
        if (length == 5) BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)count);
        target.Write(head[..length]);
    }
}
