using System.Globalization;
using System.Text;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>client-output-buffer-limit</c> as Redis writes and reads it: <c>class hard soft seconds</c> for each class, sizes with units.</summary>
internal static class OutputLimitText
{
    public const string Name = "client-output-buffer-limit";

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("kb", 1024), ("mb", 1024 * 1024), ("gb", 1024 * 1024 * 1024), ("k", 1000), ("m", 1000 * 1000), ("g", 1000 * 1000 * 1000), ("b", 1),
    ];

    public static string Show(OutputLimits limits) => $"normal {Show(limits.Normal)} slave {Show(limits.Replicas)} pubsub {Show(limits.Subscribers)}";

    /// <returns>Sets what the text says.</returns>
    /// <exception cref="RespErrorException">The text says nothing that can be set.</exception>
    public static Action Parse(string text, OutputLimits limits)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length % 4 != 0) throw ConfigCommand.Failed(Name, "Wrong number of arguments in buffer limit configuration.");
        Action? set = null;
        for (var at = 0; at < words.Length; at += 4)
        {
            var name = words[at].ToLowerInvariant();
            if (name is not ("normal" or "slave" or "replica" or "pubsub")) throw ConfigCommand.Failed(Name, "Invalid client class specified in buffer limit configuration.");
            var limit = ParseLimit(words.AsSpan(at + 1, 3));
            set += name switch
            {
                "normal" => () => limits.Normal = limit,
                "pubsub" => () => limits.Subscribers = limit,
                _ => () => limits.Replicas = limit,
            };
        }

        return set ?? (static () => { });
    }

    private static OutputLimit ParseLimit(ReadOnlySpan<string> words) =>
        TryParseBytes(words[0], out var hard) && TryParseBytes(words[1], out var soft) && Numbers.TryParse(Encoding.UTF8.GetBytes(words[2]), out var seconds) && seconds is >= 0 and <= int.MaxValue
            ? new OutputLimit(hard, soft, TimeSpan.FromSeconds(seconds))
            : throw ConfigCommand.Failed(Name, "Error in hard, soft or soft_seconds setting in buffer limit configuration.");

    private static bool TryParseBytes(string text, out long bytes)
    {
        bytes = 0;
        var (digits, factor) = (text, 1L);
        foreach (var (unit, size) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            (digits, factor) = (text[..^unit.Length], size);
            break;
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > long.MaxValue / factor) return false;
        bytes = count * factor;
        return true;
    }

    private static string Show(OutputLimit limit) => string.Create(CultureInfo.InvariantCulture, $"{limit.HardBytes} {limit.SoftBytes} {(long)limit.SoftTime.TotalSeconds}");
}
