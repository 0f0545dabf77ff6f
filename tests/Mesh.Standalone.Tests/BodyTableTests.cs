using Mesh.Testing;
using Mesh.Testing.Doors;
using Xunit;

namespace Mesh.Standalone.Tests;

/// <summary>What the README shows of bodies is what the doors show.</summary>
public sealed class BodyTableTests
{
    private const string Begin = "<!-- bodies: made by BodyTableTests -->\n";
    private const string End = "<!-- bodies end -->\n";

    /// <summary>With MESH_WRITE_README=1 it writes the table instead.</summary>
    [Fact]
    public async Task The_readme_shows_bodies_as_the_doors_do()
    {
        using var folder = new TempFolder();
        await using var mesh = await Standalone.OpenAsync(folder.File("mesh.db"));
        var table = await new BodyTable(mesh.Http, mesh.Rse, mesh.Grpc, mesh.Resp, mesh.Rotera).MakeAsync();
        var readme = await File.ReadAllTextAsync(ReadmeTests.Place);
        var (begin, end) = (readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, readme.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= Begin.Length && end >= begin, $"The README has no place for the table, between {Begin} and {End}");
        if (Environment.GetEnvironmentVariable("MESH_WRITE_README") == "1") await File.WriteAllTextAsync(ReadmeTests.Place, readme[..begin] + table + readme[end..]);
        else Assert.Equal(table, readme[begin..end]);
    }
}
