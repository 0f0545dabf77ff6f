using System.Globalization;
using System.Text;

namespace Mesh.Orleans.Rooms;

/// <summary>The key of a room's grain: its project, a slash, and the bytes of its name; all but letters, digits, <c>-_.:</c> as %XX.</summary>
public static class RoomKey
{
    /// <summary>Rooms know no tenants.</summary>
    private const string Prefix = StreamName.DefaultProject + "/";

    public static string Of(ReadOnlySpan<byte> room)
    {
        var key = new StringBuilder(Prefix, Prefix.Length + room.Length);
        foreach (var one in room)
        {
            if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)'-' or (byte)'_' or (byte)'.' or (byte)':') key.Append((char)one);
            else key.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
        }

        return key.ToString();
    }

    public static byte[] Parse(string key)
    {
        var name = key.AsSpan(Prefix.Length);
        var room = new List<byte>(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '%') room.Add((byte)name[i]);
            else room.Add(byte.Parse(name.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            if (name[i] == '%') i += 2;
        }

        return [.. room];
    }
}
