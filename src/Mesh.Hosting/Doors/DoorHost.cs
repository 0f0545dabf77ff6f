namespace Mesh.Hosting.Doors;

/// <summary>The open doors of one process and the mesh behind them, from start to end.</summary>
public sealed class DoorHost : IAsyncDisposable
{
    /// <summary>How long connections may take to finish what they began once the host stops; then they are cut.</summary>
    public static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);

    /// <summary>How long the commit of what was accepted may take after that.</summary>
    public static readonly TimeSpan CommitMax = TimeSpan.FromSeconds(3);

    private readonly WebApplication _web;
    private readonly IAsyncDisposable _behind;

    private DoorHost(WebApplication web, IAsyncDisposable behind, IReadOnlyList<Door> doors)
    {
        _web = web;
        _behind = behind;
        Doors = doors;
    }

    public IReadOnlyList<Door> Doors { get; }

    /// <param name="options">Which doors, and where.</param>
    /// <param name="mesh">What they lead to.</param>
    /// <param name="behind">What holds the mesh. It goes after the doors are closed, and also when they cannot be opened.</param>
    /// <param name="logs">Goes with the host.</param>
    /// <exception cref="DoorTakenException">A door's address cannot be opened.</exception>
    public static async Task<DoorHost> StartAsync(DoorOptions options, IMesh mesh, IAsyncDisposable behind, ILoggerFactory logs)
    {
        try
        {
            var doors = Door.Of(options);
            var web = Composition.Build(options, doors, mesh, logs);
            await StartAsync(web);
            return new DoorHost(web, behind, doors);
        }
        catch
        {
            await behind.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a signal; then nothing new is taken, connections finish what they began, and what was accepted is committed.</summary>
    /// <returns>The <see cref="ExitCode"/>: whether everything was committed in time.</returns>
    public async Task<int> RunAsync()
    {
        await _web.WaitForShutdownAsync();
        try
        {
            await DisposeAsync().AsTask().WaitAsync(CommitMax);
            return ExitCode.Drained;
        }
        catch (TimeoutException)
        {
            await Console.Error.WriteLineAsync(
                $"Not everything accepted was committed within {CommitMax.TotalSeconds:0} s; what was not acknowledged may be missing.");
            return ExitCode.NotDrained;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _behind.DisposeAsync();
    }

    private static async Task StartAsync(WebApplication web)
    {
        try
        {
            await web.StartAsync();
        }
        catch
        {
            await web.StopAsync();
            await web.DisposeAsync();
            throw;
        }
    }
}
