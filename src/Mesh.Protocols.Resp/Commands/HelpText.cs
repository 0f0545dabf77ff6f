using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>The reply of HELP to a command with subcommands.</summary>
internal static class HelpText
{
    /// <summary>Answers, if the subcommand is HELP.</summary>
    /// <param name="session">The client.</param>
    /// <param name="arguments">The whole command.</param>
    /// <param name="subcommands">A line each, and what they do in lines that are indented.</param>
    /// <returns>False when it is another.</returns>
    /// <exception cref="RespErrorException">HELP has arguments.</exception>
    public static bool TryWrite(RespSession session, RespArguments arguments, string[] subcommands)
    {
        if (!arguments.IsSubcommand("HELP"u8, 2)) return false;
        session.Reply.ArrayHeader(subcommands.Length + 3);
        session.Reply.Bulk($"{arguments.Text(0).ToUpperInvariant()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        foreach (var line in subcommands) session.Reply.Bulk(line);
        session.Reply.Bulk("HELP");
        session.Reply.Bulk("    Prints this help.");
        return true;
    }
}
