namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Zaqar's door, whoever holds it.</summary>
public class ZaqarDoor : IAsyncDisposable
{
    private readonly HttpClient _http;

    /// <param name="address">Where it listens.</param>
    /// <param name="project">A project without queues.</param>
    /// <param name="mesh">What it leads to.</param>
    public ZaqarDoor(Uri address, string project, IMesh mesh)
    {
        Mesh = mesh;
        Address = address;
        Project = project;
        _http = new HttpClient { BaseAddress = address };
        Client = NewClient();
    }

    public Uri Address { get; }

    /// <summary>What it leads to: the way of other doors to the same streams.</summary>
    public IMesh Mesh { get; }

    /// <summary>Whose queues a test makes.</summary>
    public string Project { get; }

    /// <summary>The client that a test with one client is about.</summary>
    public ZaqarCaller Client { get; }

    /// <summary>The time that the server goes by.</summary>
    public virtual DateTimeOffset Now => DateTimeOffset.UtcNow;

    /// <summary>Another client of the same project, or of one with a longer name.</summary>
    public ZaqarCaller NewClient(string more = "") => new(_http, Project + more, Guid.NewGuid().ToString());

    public virtual ValueTask DisposeAsync()
    {
        _http.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
