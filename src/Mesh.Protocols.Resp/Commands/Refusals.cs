using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>What Redis says to commands that are not well formed.</summary>
internal static class Refusals
{
    public static RespErrorException Syntax() => new("ERR syntax error");

    public static RespErrorException WrongArity(string command) => new($"ERR wrong number of arguments for '{command}' command");

    public static RespErrorException UnknownSubcommand(RespArguments arguments) =>
        new($"ERR unknown subcommand '{arguments.Text(1)}'. Try {arguments.Text(0).ToUpperInvariant()} HELP.");

    /// <summary>The subcommand is known, and its arguments are not as it takes them.</summary>
    public static RespErrorException SubcommandSyntax(RespArguments arguments) =>
        new($"ERR unknown subcommand or wrong number of arguments for '{arguments.Text(1)}'. Try {arguments.Text(0).ToUpperInvariant()} HELP.");

    /// <summary>Whether the command is that subcommand, and has the arguments it takes.</summary>
    /// <param name="arguments">The whole command.</param>
    /// <param name="upperCase">The subcommand's name.</param>
    /// <param name="count">How many arguments, command and subcommand included; negative for at least so many.</param>
    /// <exception cref="RespErrorException">It is that subcommand, with too few or too many arguments.</exception>
    public static bool IsSubcommand(this RespArguments arguments, ReadOnlySpan<byte> upperCase, int count)
    {
        if (!arguments.Is(1, upperCase)) return false;
        if (count >= 0 ? arguments.Count == count : arguments.Count >= -count) return true;
        throw WrongArity($"{arguments.Text(0)}|{arguments.Text(1)}".ToLowerInvariant());
    }
}
