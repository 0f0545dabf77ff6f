using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Cases that every Zaqar keeps, each in the versions it names (Zaqar specification, section 3). Each test has a project of its own.</summary>
public abstract class ConformanceCase(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    public static TheoryData<string> EveryVersion => ["v1", "v1.1", "v2"];

    public static TheoryData<string> LaterVersions => ["v1.1", "v2"];

    /// <summary>The client that most cases are about; always the same one.</summary>
    protected VersionCaller In(string version) => new(Door.Client, version);

    /// <summary>A client of its own, of the same project or of one with a longer name.</summary>
    protected VersionCaller Another(string version, string more = "") => new(Door.NewClient(more), version);
}
