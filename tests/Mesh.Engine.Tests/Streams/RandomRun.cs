using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;

namespace Mesh.Engine.Tests.Streams;

/// <summary>
/// Random operations on one stream of a mesh, over a store that goes wrong when it is told to, held against a simple model step by step. The seed decides
/// everything, and a failure names it.
/// </summary>
/// <param name="seed">Decides what is done.</param>
/// <param name="about">What else is different in this run, for the failure's text.</param>
internal abstract class RandomRun(int seed, string about) : IAsyncDisposable
{
    protected Random Random { get; } = new(seed);

    protected ManualClock Clock { get; } = new();

    protected FaultyLogStore Store { get; } = new(new MemoryLogStore());

    protected EmbeddedMesh Mesh { get; private set; } = null!;

    /// <summary>Creates the stream and does so many steps.</summary>
    /// <exception cref="InvalidOperationException">The stream did not behave as the model; the text says in which step of which run.</exception>
    public async Task PlayAsync(StreamName name, StreamOptions options, int steps)
    {
        await OpenAsync();
        await Mesh.Catalogue.CreateAsync(name, options, default);
        for (var step = 0; step < steps; step++)
        {
            try
            {
                await StepAsync();
            }
            catch (Exception reason)
            {
                throw new InvalidOperationException($"Seed {seed}, {about}, step {step}: {reason.Message}", reason);
            }
        }
    }

    public virtual ValueTask DisposeAsync() => Mesh.DisposeAsync();

    /// <summary>One random operation.</summary>
    protected abstract Task StepAsync();

    /// <summary>Bounds that differ from one start to the next.</summary>
    protected abstract EmbeddedMeshOptions NewBounds();

    /// <summary>Ends the mesh and starts another one over the same store.</summary>
    protected virtual async Task RestartAsync()
    {
        await Mesh.DisposeAsync();
        await OpenAsync();
    }

    /// <summary>A mesh over the same store, as another process would have it.</summary>
    protected Task<EmbeddedMesh> StartOtherAsync() => EmbeddedMesh.StartAsync(Store, NewBounds(), Clock);

    private async Task OpenAsync() => Mesh = await StartOtherAsync();
}
