using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>The commands between MULTI and EXEC. Not thread-safe.</summary>
public sealed class Transaction
{
    /// <summary>Bytes of commands that wait for EXEC at most.</summary>
    private const int BytesMax = 64 * 1024 * 1024;

    private readonly List<SavedArguments> _commands = [];
    private long _bytes;

    public int Count => _commands.Count;

    /// <summary>A command was refused: EXEC runs none.</summary>
    public bool IsBroken { get; set; }

    internal IReadOnlyList<SavedArguments> Commands => _commands;

    /// <exception cref="RespErrorException">Too much waits already.</exception>
    internal void Add(RespArguments arguments)
    {
        var saved = new SavedArguments(arguments);
        _bytes += saved.Bytes;
        if (_bytes > BytesMax) throw new RespErrorException($"ERR the commands of a transaction have at most {BytesMax} bytes");
        _commands.Add(saved);
    }
}

/// <summary>A stream as WATCH saw it.</summary>
/// <param name="Ring">The stream.</param>
/// <param name="State">How it stood.</param>
internal readonly record struct WatchedRing(IRing Ring, StreamState State);
