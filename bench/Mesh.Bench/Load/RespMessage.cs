using System.Text;

namespace Mesh.Bench.Load;

/// <summary>The few RESP2 messages that the load needs, as bytes.</summary>
internal static class RespMessage
{
    public static byte[] Command(params string[] words) =>
        Encoding.UTF8.GetBytes($"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n")));

    /// <summary>Bytes of the answer to a first SUBSCRIBE.</summary>
    public static int SubscribedLength(string room) => Command("subscribe", room).Length + ":1\r\n".Length;

    /// <summary>Bytes of a pushed message.</summary>
    public static int PushLength(string room, string payload) => Command("message", room, payload).Length;
}
