using System.Diagnostics;

namespace Mesh.Protocols.Resp;

/// <summary>The only place of this door that knows both the outcomes of the mesh and RESP's error replies.</summary>
internal static class ErrorMap
{
    /// <returns>Null when the records are stored.</returns>
    public static string? Of(AppendResult result) => result switch
    {
        AppendResult.Appended or AppendResult.Duplicate => null,
        AppendResult.Busy busy => $"BUSY More is waiting to be stored than the server holds. Nothing was stored; try again in {busy.RetryAfter.TotalMilliseconds:0} ms.",
        AppendResult.TooLarge large => $"ERR An entry takes at most {large.SegmentBytesMax} bytes. Nothing was stored; send less.",
        AppendResult.IdNotGreater at when at.Last == RingId.Max => "ERR The stream has exhausted the last possible ID, unable to add more items",
        AppendResult.IdNotGreater => "ERR The ID specified in XADD is equal or smaller than the target stream top item",
        AppendResult.NoSuchStream => null,
        _ => throw new UnreachableException($"No RESP reply for {result}."),
    };

    /// <returns>Null when the position is set.</returns>
    public static string? Of(RingPositionResult result) => result switch
    {
        RingPositionResult.Done => null,
        RingPositionResult.NoStream => "ERR no such key",
        RingPositionResult.BelowTop => "ERR The ID specified in XSETID is smaller than the target stream top item",
        RingPositionResult.AddedBelowLength => "ERR The entries_added specified in XSETID is smaller than the target stream length",
        _ => throw new UnreachableException($"No RESP reply for {result}."),
    };

    /// <summary>How the reply to a command begins that no silo answered, so that nobody knows whether it was run.</summary>
    public static ReadOnlySpan<byte> Unavailable => "-UNAVAILABLE"u8;

    /// <summary>A transaction lost its streams to others, perhaps.</summary>
    /// <param name="lost">At the command that was not run; null when no silo answered it.</param>
    /// <param name="done">Commands before it.</param>
    /// <param name="count">All.</param>
    public static string Of(StreamHoldLostException? lost, int done, int count)
    {
        var why = lost is null ? "no silo answers for its streams" : $"others may have used '{lost.Stream.Name}' meanwhile (the silo that had it is gone or gave it up, or a command took {StreamHold.SilenceMax.TotalSeconds:0} s or more)";
        var mayHaveRun = lost is null or { MayHaveRun: true };
        if (done == 0 && !mayHaveRun) return $"EXECABORT Transaction discarded because {why}: nothing of it was run, and it can be sent again.";
        var ran = done switch { 0 => "", 1 => "Command 1 was run. ", _ => $"Commands 1 to {done} were run, and nothing of others in between. " };
        var at = mayHaveRun ? $"Whether command {done + 1} was run is not known; no later one was." : $"Command {done + 1} and all after it were not.";
        return $"EXECABORT Transaction ended at command {done + 1} of {count} because {why}. {ran}{at}";
    }

    /// <returns>Null when the exception is a fault of ours.</returns>
    public static string? Of(Exception failure) => failure switch
    {
        RespErrorException error => error.Message,
        PublishRefusedException refused => Of(refused.Outcome),
        StorageUnavailableException => $"UNAVAILABLE Storage does not answer at the moment: {failure.Message}",
        StreamFencedException => $"TRYAGAIN {failure.Message}",
        _ => null,
    };
}

/// <summary>A command is not to be run as it is; the client is told the message, an error code and a sentence, and the connection goes on.</summary>
public sealed class RespErrorException(string message) : Exception(message);
