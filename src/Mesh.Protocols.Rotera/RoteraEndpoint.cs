using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Protocols.Rotera;

/// <summary>
/// rotera's own protocol over TCP (rotera specification, section 2). A queue's number is the name of its ring, a message's id its sequence less one. What is pushed
/// waits in this process, seen by nobody, until a commit of any of its connections, and is gone with the process. Thread-safe.
/// </summary>
public sealed partial class RoteraEndpoint
{
    private readonly IMesh _mesh;
    private readonly RoteraOptions _options;
    private readonly RoteraStages _stages;
    private readonly ILogger _log;
    private readonly CancellationToken _stopping;

    /// <param name="mesh">Where messages live.</param>
    /// <param name="options">Limits.</param>
    /// <param name="stopping">Cancelled when the server begins to stop: answers say so, and connections end after <see cref="RoteraOptions.Farewell"/>.</param>
    /// <param name="log">Hears why a connection was closed.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public RoteraEndpoint(IMesh mesh, RoteraOptions? options = null, CancellationToken stopping = default, ILogger<RoteraEndpoint>? log = null)
    {
        _mesh = mesh;
        _options = options ?? new RoteraOptions();
        _options.Check();
        _stages = new RoteraStages(mesh, _options);
        _stopping = stopping;
        _log = log ?? NullLogger<RoteraEndpoint>.Instance;
    }

    /// <summary>Serves one connection until it ends. The protocol has no errors: whatever goes wrong closes the connection.</summary>
    public async Task RunAsync(ConnectionContext connection)
    {
        try
        {
            await new RoteraConnection(connection.Transport, _mesh, _stages, _options, connection.ConnectionClosed, _stopping).RunAsync().ConfigureAwait(false);
        }
        catch (RoteraViolation violation)
        {
            LogClosed(_log, violation.Message);
        }
        catch (Exception failure) when (failure is StorageUnavailableException or StreamFencedException)
        {
            LogClosed(_log, failure.Message);
        }
        catch (Exception failure) when (failure is ConnectionAbortedException or ConnectionResetException)
        {
            // The client has gone.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A rotera connection was closed: {Reason}.")]
    private static partial void LogClosed(ILogger log, string reason);
}
