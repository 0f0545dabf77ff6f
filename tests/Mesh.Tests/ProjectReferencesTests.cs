using Xunit;

namespace Mesh.Tests;

/// <summary>The layout is the architecture: the project files are held to it.</summary>
public sealed class ProjectReferencesTests
{
    private static readonly string Root = ProjectFile.Root();
    private static readonly IReadOnlyList<ProjectFile> Projects = ProjectFile.ReadAll(Root);

    [Fact]
    public void Every_reference_points_inward()
    {
        Assert.Contains(Projects, project => project.Path == "src/Mesh.Engine/Mesh.Engine.csproj" && project.Projects.SequenceEqual(["Mesh"]));
        Assert.Empty(ReferenceRules.Faults(Projects));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        Assert.Empty(Projects.Select(project => project.Path).Except(ProjectFile.InSolution(Root)));
        Assert.Empty(ProjectFile.InSolution(Root).Except(Projects.Select(project => project.Path)));
    }

    [Fact]
    public void The_core_is_everything_that_builds_without_orleans()
    {
        var core = Projects.Where(project => !ReferenceRules.IsOfTheCluster(project, Projects)).Select(project => project.Path);
        Assert.Equal(core.Order(StringComparer.Ordinal), ProjectFile.InCore(Root).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("src/Mesh/Mesh.csproj", "Mesh.Engine", null, "Mesh must not reference Mesh.Engine.")]
    [InlineData("src/Mesh.Protocols.Http/Mesh.Protocols.Http.csproj", "Mesh.Engine", null, "Mesh.Protocols.Http must not reference Mesh.Engine.")]
    [InlineData("src/Mesh.Protocols.Grpc/Mesh.Protocols.Grpc.csproj", "Mesh.Protocols.Http", null, "Mesh.Protocols.Grpc must not reference Mesh.Protocols.Http.")]
    [InlineData("src/Mesh.Engine/Mesh.Engine.csproj", "Mesh.Embedded", null, "Mesh.Engine must not reference Mesh.Embedded.")]
    [InlineData("src/Mesh.Embedded/Mesh.Embedded.csproj", "Mesh.Storage.AdoNet", null, "Mesh.Embedded must not reference Mesh.Storage.AdoNet.")]
    [InlineData("standalone/standalone.csproj", "Mesh.Orleans", null, "standalone must not reference Mesh.Orleans.")]
    [InlineData("gateway/gateway.csproj", "Mesh.Testing", null, "gateway must not reference Mesh.Testing.")]
    [InlineData("src/Mesh.Engine/Mesh.Engine.csproj", null, "Microsoft.Orleans.Server", "Mesh.Engine must not reference Microsoft.Orleans.Server: only the cluster's projects know Orleans.")]
    [InlineData("tests/Mesh.Tests/Mesh.Tests.csproj", null, "Microsoft.Orleans.TestingHost", "Mesh.Tests must not reference Microsoft.Orleans.TestingHost: only the cluster's projects know Orleans.")]
    [InlineData("src/Mesh.Helpers/Mesh.Helpers.csproj", null, null, "src/Mesh.Helpers/Mesh.Helpers.csproj has no place in the layout: add a rule for it.")]
    [InlineData("bench/Mesh.Bench/Mesh.Bench.csproj", "Mesh.Engine.Tests", null, "Mesh.Bench must not reference Mesh.Engine.Tests.")]
    [InlineData("bench/Mesh.Bench/Mesh.Bench.csproj", "Mesh.Testing", null, null)] // it starts databases and clients as tests do
    [InlineData("src/Mesh.Orleans/Mesh.Orleans.csproj", "Mesh.Engine", "Microsoft.Orleans.Server", null)]
    [InlineData("tests/Mesh.Orleans.Tests/Mesh.Orleans.Tests.csproj", "silo-host", "Microsoft.Orleans.TestingHost", null)]
    [InlineData("silo-host/silo-host.csproj", "Mesh.Storage.AdoNet", "Microsoft.Orleans.Server", null)]
    public void A_reference_that_goes_the_wrong_way_is_named(string path, string? project, string? package, string? fault)
    {
        var host = new ProjectFile("silo-host/silo-host.csproj", [], []);
        var one = new ProjectFile(path, project is null ? [] : [project], package is null ? [] : [package]);
        Assert.Equal(fault is null ? [] : [fault], ReferenceRules.Faults([one, host]));
    }
}
