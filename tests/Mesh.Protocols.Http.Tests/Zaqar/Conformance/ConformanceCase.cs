using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Cases that every Zaqar keeps, each in the versions it names (Zaqar specification, section 3). Each test has a server of its own.</summary>
public abstract class ConformanceCase : IAsyncLifetime
{
    public static TheoryData<string> EveryVersion => ["v1", "v1.1", "v2"];

    public static TheoryData<string> LaterVersions => ["v1.1", "v2"];

    private protected ZaqarServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private protected virtual Task<ZaqarServer> StartAsync() => ZaqarServer.StartAsync();

    /// <summary>The client that most cases are about; always the same one of project P.</summary>
    private protected VersionCaller In(string version) => new(Server.Client, version);

    /// <summary>A client of its own.</summary>
    private protected VersionCaller Another(string version, string project = "p") => new(Server.NewClient(project), version);
}
