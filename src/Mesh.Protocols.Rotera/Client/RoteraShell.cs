using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Protocols.Rotera.Client;

/// <summary>
/// The original's interactive program (rotera specification, section 4): a line is a command, <c>:help</c> lists them. Unlike there, <c>:push</c> takes the whole
/// line, <c>:read-batch</c> goes on where the last reading ended, and a batch is ten to begin with.
/// </summary>
/// <param name="connect">Called anew when the server has closed the connection, which is how it refuses.</param>
/// <param name="output">Takes the answers.</param>
public sealed class RoteraShell(Func<Task<RoteraClient>> connect, TextWriter output) : IDisposable
{
    private const string Help = """
        :queue N            use queue N
        :batch N            how many messages :read and :read-batch show
        :print-ids on|off   show ids beside messages
        :read               the newest messages
        :read-batch [N]     the next messages after those last shown
        :push TEXT          push a message and commit it
        :ping               is the server alive, and which id comes next
        :current            the queue, the batch and where reading stands
        :clear, :cls        clear the screen
        :help, :h           this list
        :quit, :q           leave
        """;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private RoteraClient? _client;
    private uint _queue;
    private uint _batch = 10;
    private long _next = -1;
    private bool _printsIds = true;

    /// <summary>Runs one line.</summary>
    /// <returns>False when it asked to leave.</returns>
    public async Task<bool> RunAsync(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var (command, argument) = space < 0 ? (line.Trim(), "") : (line[..space], line[(space + 1)..].Trim());
        if (command.Length == 0) return true;
        if (command is ":quit" or ":q") return false;
        try
        {
            await RunAsync(command, argument).ConfigureAwait(false);
        }
        catch (FormatException wrong)
        {
            await output.WriteLineAsync(wrong.Message).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or SocketException or InvalidDataException)
        {
            _client?.Dispose();
            _client = null;
            var reason = failure is EndOfStreamException ? $"The server closed the connection: there may be no queue {_queue}, or the message is too long." : failure.Message;
            await output.WriteLineAsync(reason).ConfigureAwait(false);
        }

        return true;
    }

    public void Dispose() => _client?.Dispose();

    private async Task RunAsync(string command, string argument)
    {
        switch (command)
        {
            case ":queue":
                _queue = Number(command, argument);
                _next = -1;
                break;
            case ":batch":
                _batch = Number(command, argument);
                break;
            case ":print-ids":
                _printsIds = argument switch { "on" => true, "off" => false, _ => throw new FormatException(":print-ids is on or off.") };
                break;
            case ":read":
                await ReadNewestAsync().ConfigureAwait(false);
                break;
            case ":read-batch":
                await ShowAsync(_next, argument.Length == 0 ? _batch : Number(command, argument)).ConfigureAwait(false);
                break;
            case ":push":
                await PushAsync(argument).ConfigureAwait(false);
                break;
            case ":ping":
                await PingAsync().ConfigureAwait(false);
                break;
            case ":current":
                await output.WriteLineAsync($"Queue {_queue}, batch {_batch}, {(_next < 0 ? "nothing read yet" : $"read up to {_next - 1}")}.").ConfigureAwait(false);
                break;
            case ":clear" or ":cls":
                await output.WriteAsync("\u001b[2J\u001b[H").ConfigureAwait(false);
                break;
            case ":help" or ":h":
                await output.WriteLineAsync(Help).ConfigureAwait(false);
                break;
            default:
                throw new FormatException($"There is no command {command}; :help lists them.");
        }
    }

    private async Task ReadNewestAsync()
    {
        var next = await (await ClientAsync().ConfigureAwait(false)).PingAsync(_queue).ConfigureAwait(false);
        await ShowAsync(Math.Max(0, next - _batch), _batch).ConfigureAwait(false);
    }

    private async Task ShowAsync(long first, uint count)
    {
        var (id, messages) = await (await ClientAsync().ConfigureAwait(false)).ReadAsync(_queue, first, count).ConfigureAwait(false);
        foreach (var message in messages)
        {
            await output.WriteLineAsync(_printsIds ? string.Create(CultureInfo.InvariantCulture, $"{id:D11}: {Text(message)}") : Text(message)).ConfigureAwait(false);
            id++;
        }

        if (messages.Count == 0) await output.WriteLineAsync("No messages.").ConfigureAwait(false);
        _next = id;
    }

    private async Task PushAsync(string text)
    {
        if (text.Length == 0) throw new FormatException(":push needs the text of a message.");
        var client = await ClientAsync().ConfigureAwait(false);
        await client.PushAsync(_queue, [Encoding.UTF8.GetBytes(text)]).ConfigureAwait(false);
        await output.WriteLineAsync($"Next message is {await client.CommitAsync(_queue).ConfigureAwait(false)}.").ConfigureAwait(false);
    }

    private async Task PingAsync()
    {
        var client = await ClientAsync().ConfigureAwait(false);
        var next = await client.PingAsync(_queue).ConfigureAwait(false);
        await output.WriteLineAsync($"Next message is {next}. The server is {(client.IsShuttingDown ? "shutting down" : "alive")}.").ConfigureAwait(false);
    }

    private async Task<RoteraClient> ClientAsync() => _client ??= await connect().ConfigureAwait(false);

    private static uint Number(string command, string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"{command} needs a whole number from 0 to {uint.MaxValue}.");

    private static string Text(byte[] message)
    {
        try
        {
            return Strict.GetString(message);
        }
        catch (DecoderFallbackException)
        {
            return "<non-utf8>";
        }
    }
}
