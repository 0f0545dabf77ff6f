using System.Diagnostics;
using System.Reflection;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Standalone.Tests;

/// <summary>What the README promises holds.</summary>
public sealed class ReadmeTests
{
    private const string RunCommand = "dotnet run -c Release --project standalone";
    private const string TestCommand = "dotnet test Mesh.Core.slnf -c Release";
    private static readonly string Root = FindRoot();
    private static readonly string Readme = File.ReadAllText(Place);

    public static string Place => Path.Combine(Root, "README.md");

    [Fact]
    public void It_gives_two_commands()
    {
        Assert.Contains($"    {RunCommand}\n", Readme);
        Assert.Contains($"    {TestCommand}\n", Readme);
    }

    [Fact]
    public void The_checks_run_its_test_command_as_it_stands() => Assert.Contains($"\n{TestCommand} ", File.ReadAllText(Path.Combine(Root, ".ci", "run")));

    [Fact]
    public void Its_table_has_every_option_with_its_default() =>
        Assert.All(StandaloneOptions.Table.All, option => Assert.Contains($"| `--{option.Name}` | {option.Default} |", Readme));

    [Fact]
    public async Task The_first_command_opens_every_door_with_the_data_where_it_was_typed()
    {
        using var folder = new TempFolder();
        var configuration = typeof(ReadmeTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        await using var mesh = await MeshProcess.OpenAsync(new ProcessStartInfo(
            "dotnet", ["run", "-c", configuration, "--project", Path.Combine(Root, "standalone"), "--no-build", "--", .. DoorArguments.AnyPort])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        });
        Assert.Equal(DoorArguments.AnyPort.Length / 2, mesh.Banner.Split("try: ").Length - 1);
        Assert.True(File.Exists(folder.File("mesh.db")));
        mesh.Terminate();
        Assert.Equal(0, (await mesh.EndAsync()).Code);
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Mesh.sln"))) return folder;
        throw new DirectoryNotFoundException("The tests run from their place in the project's folder.");
    }
}
