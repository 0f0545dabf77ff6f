using System.Diagnostics;
using Mesh.Testing;
using Mesh.Testing.Rotera;
using Xunit;

namespace Mesh.Standalone.Tests;

/// <summary>Moving in from rotera: its files, and the commands of its own clients.</summary>
public sealed class RoteraTests
{
    [Fact]
    public async Task A_file_is_imported_once_and_its_readers_go_on_at_their_ids()
    {
        using var folder = new TempFolder();
        var file = RotFileWriter.Write(folder.File("55.rot"), oldest: 65, start: 4090, ["first", "second", "third"]);
        var data = folder.File("mesh.db");
        var (code, said) = await RunAsync("", "import-rot", file, "--data", data);
        Assert.Equal(0, code);
        Assert.Contains("Ring 55 has the messages 65 to 67", said);
        (code, said) = await RunAsync("", "import-rot", file, "--data", data);
        Assert.Equal(1, code);
        Assert.Contains("There is a ring 55 already", said);

        await using var mesh = await Standalone.OpenAsync(data);
        (code, said) = await RunAsync(":queue 55\n:push fourth\n:read\n", "rotera", mesh.Rotera.ToString());
        Assert.Equal(0, code);
        Assert.Equal(["Next message is 69.", "00000000065: first", "00000000066: second", "00000000067: third", "00000000068: fourth"], said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("No file of rotera.", "does not begin with")]
    [InlineData(null, "Could not find file")]
    public async Task What_is_no_file_of_rotera_is_refused_and_nothing_is_made(string? content, string reason)
    {
        using var folder = new TempFolder();
        var file = folder.File("55.rot");
        if (content is not null) await File.WriteAllTextAsync(file, content);
        var (code, said) = await RunAsync("", "import-rot", file, "--data", folder.File("mesh.db"));
        Assert.Equal(1, code);
        Assert.Contains(reason, said);
        Assert.False(File.Exists(folder.File("mesh.db")));
    }

    [Fact]
    public async Task Without_a_file_the_command_explains_itself()
    {
        var (_, said) = await RunAsync("", "import-rot");
        Assert.Contains("--ring name", said);
    }

    private static async Task<(int Code, string Said)> RunAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(Standalone.Command(arguments))!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said + await errors);
    }
}
