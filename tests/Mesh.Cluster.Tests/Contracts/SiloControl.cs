using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Mesh.Testing.Storage;

namespace Mesh.Cluster.Tests.Contracts;

/// <summary>The test's end of the connections to its silos: their clocks go along with the test's, and their stores go wrong as the test says. Thread-safe.</summary>
internal sealed class SiloControl : IDisposable
{
    private static readonly TimeSpan MoveMax = TimeSpan.FromSeconds(60);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<LineCalls, bool> _silos = new();
    private readonly ManualClock _clock;
    private readonly Func<string, IStoreFaults> _faultsOf;

    /// <param name="clock">All clocks go along with this one.</param>
    /// <param name="faultsOf">What goes wrong with the store of a pool's uri, or with the silos' own for an empty one.</param>
    public SiloControl(ManualClock clock, Func<string, IStoreFaults> faultsOf)
    {
        (_clock, _faultsOf) = (clock, faultsOf);
        _listener.Start();
        clock.Advancing += by => Move(ControlVerb.Advance, by.Ticks);
        clock.WallSetting += now => Move(ControlVerb.SetWall, now.UtcTicks);
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>Where silos connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var silo in _silos.Keys) silo.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync();
                connection.NoDelay = true;
                var silo = new LineCalls(connection.GetStream(), AnswerAsync);
                _silos[silo] = true;
                _ = silo.Ended.ContinueWith(_ => _silos.TryRemove(silo, out bool _), TaskScheduler.Default);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // It is disposed of.
        }
    }

    private ValueTask<string> AnswerAsync(string verb, string store) =>
        verb == ControlVerb.Clock ? new(_clock.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture)) : RemoteStoreFaults.AnswerAsync(_faultsOf(store), verb);

    /// <summary>Ends when all silos have moved: a clock is moved by a call that does not wait.</summary>
    private void Move(string verb, long ticks) =>
        Task.WhenAll(_silos.Keys.Select(silo => MoveAsync(silo, verb, ticks))).WaitAsync(MoveMax).GetAwaiter().GetResult();

    private static async Task MoveAsync(LineCalls silo, string verb, long ticks)
    {
        try
        {
            await silo.CallAsync(verb, ticks.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The silo was killed; the next one asks what time it is.
        }
    }
}
