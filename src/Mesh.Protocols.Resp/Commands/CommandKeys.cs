using System.Collections.Frozen;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Which arguments of a command are keys, or shard channels, which clients of a cluster take for keys.</summary>
internal static class CommandKeys
{
    private static readonly KeyPlaces One = new(1, 1, 1);
    private static readonly KeyPlaces OfSubcommand = new(2, 2, 1);
    private static readonly KeyPlaces All = new(1, -1, 1);

    private static readonly FrozenDictionary<string, KeyPlaces> Places = new Dictionary<string, KeyPlaces>
    {
        ["xadd"] = One,
        ["xlen"] = One,
        ["xrange"] = One,
        ["xrevrange"] = One,
        ["xtrim"] = One,
        ["xdel"] = One,
        ["xsetid"] = One,
        ["xack"] = One,
        ["xpending"] = One,
        ["xclaim"] = One,
        ["xautoclaim"] = One,
        ["type"] = One,
        ["expire"] = One,
        ["pexpire"] = One,
        ["expireat"] = One,
        ["pexpireat"] = One,
        ["persist"] = One,
        ["ttl"] = One,
        ["pttl"] = One,
        ["expiretime"] = One,
        ["pexpiretime"] = One,
        ["xgroup"] = OfSubcommand,
        ["xinfo"] = OfSubcommand,
        ["del"] = All,
        ["unlink"] = All,
        ["exists"] = All,
        ["touch"] = All,
        ["watch"] = All,
        ["spublish"] = One,
        ["ssubscribe"] = All,
        ["sunsubscribe"] = All,
    }.ToFrozenDictionary();

    /// <summary>Where they are, as COMMAND INFO tells it; nowhere for those behind STREAMS.</summary>
    public static KeyPlaces PlacesOf(RespCommand command) => Places.GetValueOrDefault(command.Name);

    /// <summary>Whether they stand behind the word STREAMS, as many as ids.</summary>
    public static bool AreBehindStreams(RespCommand command) => command.Name is "xread" or "xreadgroup";

    /// <summary>The keys of streams that a command is about, in their order; those of a command that is not well formed are a guess.</summary>
    public static void AddTo(List<byte[]> keys, RespCommand command, RespArguments arguments)
    {
        if (command.Name is "spublish" or "ssubscribe" or "sunsubscribe") return;
        if (AreBehindStreams(command))
        {
            var first = 1;
            while (first < arguments.Count && !arguments.Is(first, "STREAMS"u8)) first++;
            var count = (arguments.Count - ++first) / 2;
            for (var i = 0; i < count; i++) keys.Add(arguments[first + i].ToArray());
            return;
        }

        var places = PlacesOf(command);
        if (places.Step == 0) return;
        var last = places.Last < 0 ? arguments.Count + places.Last : Math.Min(places.Last, arguments.Count - 1);
        for (var i = places.First; i <= last; i += places.Step) keys.Add(arguments[i].ToArray());
    }
}

/// <summary>Places of keys among a command's arguments.</summary>
/// <param name="First">0 when there are none.</param>
/// <param name="Last">Negative counts from the end.</param>
/// <param name="Step">From one to the next.</param>
internal readonly record struct KeyPlaces(int First, int Last, int Step);
