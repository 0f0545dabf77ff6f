using System.Net;
using System.Net.Sockets;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Standalone.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task A_bad_option_ends_with_2_and_says_what_would_be_right()
    {
        var (code, output, errors) = await MeshProcess.RunAsync(Standalone.Command("--http", "80800"));
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Equal("--http: \"80800\" does not fit; a port is a number from 0 to 65535 (port | host:port | off).", errors.Trim());
    }

    [Fact]
    public async Task Help_ends_with_0()
    {
        var (code, output, _) = await MeshProcess.RunAsync(Standalone.Command("--help"));
        Assert.Equal(0, code);
        Assert.Equal(StandaloneOptions.Table.Usage(), output);
    }

    [Fact]
    public async Task Only_the_doors_that_are_on_are_opened()
    {
        using var folder = new TempFolder();
        var start = Standalone.Command([.. DoorArguments.Of("off", ("--resp", "0")), "--data", folder.File("mesh.db")]);
        await using var mesh = await MeshProcess.OpenAsync(start);
        await using var wire = await RespWire.ConnectAsync(mesh.Resp);
        Assert.Equal("PONG", await wire.AskAsync("PING"));
    }

    [Fact]
    public async Task Variables_and_a_file_in_the_working_directory_count()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("appsettings.json"), """{ "Mesh": { "http": "0", "rse": "off", "grpc": "off", "rotera": "off", "zaqar-ws": "off", "resp": "nonsense" } }""");
        var start = Standalone.Command();
        start.WorkingDirectory = folder.Path;
        start.Environment["MESH__RESP"] = "off";
        var (code, _, errors) = await MeshProcess.RunAsync(start);
        Assert.Equal(2, code);
        Assert.StartsWith("appsettings.json, Mesh:resp: \"nonsense\"", errors);

        await File.WriteAllTextAsync(folder.File("appsettings.json"), """{ "Mesh": { "http": "0", "rse": "off", "grpc": "off", "rotera": "off", "zaqar-ws": "off" } }""");
        await using var mesh = await MeshProcess.OpenAsync(start);
        Assert.Contains("HTTP", mesh.Banner);
        Assert.DoesNotContain("RESP", mesh.Banner);
        Assert.True(File.Exists(folder.File("mesh.db")));
    }

    [Fact]
    public async Task A_taken_port_names_the_option_that_changes_it()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (code, output, errors) = await MeshProcess.RunAsync(Standalone.Command(
            [.. DoorArguments.Of("0", ("--resp", taken.LocalEndpoint.ToString()!)), "--data", folder.File("mesh.db")]));
        Assert.Equal(3, code);
        Assert.Empty(output);
        Assert.StartsWith($"--resp cannot open {taken.LocalEndpoint}: another process listens there.", errors);
        Assert.Contains("--resp off", errors);
    }

    [Fact]
    public async Task The_banner_shows_real_ports_and_nothing_is_logged()
    {
        using var folder = new TempFolder();
        await using var mesh = await Standalone.OpenAsync(folder.File("new/folders/mesh.db"));
        Assert.All([mesh.Http.Port, mesh.Rse.Port, mesh.Grpc.Port, mesh.Resp.Port], port => Assert.NotEqual(0, port));
        Assert.Contains(folder.File("new/folders/mesh.db"), mesh.Banner);
        Assert.True(File.Exists(folder.File("new/folders/mesh.db")));
        mesh.Terminate();
        var (code, errors) = await mesh.EndAsync();
        Assert.Equal(0, code);
        Assert.Equal("", errors.Trim());
    }

    [Fact]
    public async Task Storage_that_cannot_be_used_ends_with_4_and_names_the_option()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("mesh.db"), "This is no database, and it is longer than the header of one would be: 100 bytes and then some more of them.");
        var (code, _, errors) = await MeshProcess.RunAsync(Standalone.Command([.. DoorArguments.AnyPort, "--data", folder.File("mesh.db")]));
        Assert.Equal(4, code);
        Assert.StartsWith($"--data cannot use {folder.File("mesh.db")} (SQLite): ", errors);
    }
}
