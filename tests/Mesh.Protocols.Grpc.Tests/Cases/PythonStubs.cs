using Mesh.Testing.Tools;

namespace Mesh.Protocols.Grpc.Tests.Cases;

/// <summary>A folder with stubs for Python, generated from our own descriptions.</summary>
public sealed class PythonStubs : IDisposable
{
    public const string Python = "/usr/bin/python3";
    private const string Generator = "/usr/bin/grpc_python_plugin";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-grpc-");

    private PythonStubs()
    {
    }

    /// <summary>What Debian calls what is needed.</summary>
    public const string Packages = "python3-grpcio protobuf-compiler protobuf-compiler-grpc libprotobuf-dev";

    /// <summary>Ends with 0 in a shell where all of it is there.</summary>
    public const string Probe = $"{Python} -c 'import grpc' && protoc --version && test -x {Generator} && test -e /usr/include/google/protobuf/any.proto";

    /// <summary>Where the descriptions are.</summary>
    public static string Protos { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Protos");

    public string Path => _folder.FullName;

    public static async Task<PythonStubs> GenerateAsync()
    {
        var stubs = new PythonStubs();
        string[] files = [.. Directory.GetFiles(Protos, "*.proto")];
        await Command.RunAsync(
            Protos, "protoc", ["-I", Protos, $"--plugin=protoc-gen-grpc_python={Generator}", $"--python_out={stubs.Path}", $"--grpc_python_out={stubs.Path}", .. files]);
        return stubs;
    }

    /// <summary>Puts a script of the tests beside the stubs.</summary>
    /// <returns>Where it is.</returns>
    public string Copy(string folder, string script)
    {
        var copy = System.IO.Path.Combine(Path, script);
        File.Copy(System.IO.Path.Combine(AppContext.BaseDirectory, folder, script), copy);
        return copy;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
