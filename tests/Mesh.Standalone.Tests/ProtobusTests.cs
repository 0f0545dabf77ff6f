using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Standalone.Tests;

/// <summary>Moving in from protobus-server: its files and its options; and gRPC over TLS.</summary>
public sealed class ProtobusTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task Files_are_imported_once_go_on_when_they_have_grown_and_come_out_as_they_were()
    {
        using var folder = new TempFolder();
        var (file, data, exported) = (folder.File("all.pb"), folder.File("mesh.db"), folder.File("out"));
        string[] import = ["import-pb", file, "--data", data, "--partition", "b-{topic}:b", "--partition", "all:"];
        await File.WriteAllBytesAsync(file, [.. Stored("a", 3), .. Stored("b", 4), .. Stored("a", 5), .. Stored("b", 6)[..7]]);
        Assert.Contains("3 events imported; the last 7 bytes are no whole event", await RunAsync(0, import));
        Assert.Contains("0 events imported, 3 were there before", await RunAsync(0, import));
        await File.WriteAllBytesAsync(file, [.. Stored("a", 3), .. Stored("b", 4), .. Stored("a", 5), .. Stored("b", 6)]);
        Assert.Contains("1 events imported, 3 were there before.", await RunAsync(0, import));

        Assert.Contains("all.pb: 2 events written", await RunAsync(0, "export-pb", exported, "--data", data));
        Assert.Equal((byte[])[.. Stored("a", 3), .. Stored("a", 5)], await File.ReadAllBytesAsync(Path.Combine(exported, "all.pb")));
        Assert.Equal((byte[])[.. Stored("b", 4), .. Stored("b", 6)], await File.ReadAllBytesAsync(Path.Combine(exported, "b-b.pb")));

        await File.AppendAllTextAsync(Path.Combine(exported, "all.pb"), "torn by a crash");
        await File.WriteAllBytesAsync(folder.File("more.pb"), Stored("a", 7));
        await RunAsync(0, "import-pb", folder.File("more.pb"), "--data", data, "--partition", "all:");
        Assert.Contains("all.pb: 1 events written", await RunAsync(0, "export-pb", exported, "--data", data));
        Assert.Equal((byte[])[.. Stored("a", 3), .. Stored("a", 5), .. Stored("a", 7)], await File.ReadAllBytesAsync(Path.Combine(exported, "all.pb")));
    }

    [Theory]
    [InlineData("ffffffff00", "more than 16777216")]
    [InlineData("0200000007ff", "is no event")]
    public async Task What_is_no_file_of_protobus_server_is_refused_with_its_place_and_what_was_before_it_is_imported(string damaged, string reason)
    {
        using var folder = new TempFolder();
        var (file, data) = (folder.File("t.pb"), folder.File("mesh.db"));
        await File.WriteAllBytesAsync(file, [.. Stored("a", 3), .. Convert.FromHexString(damaged)]);
        Assert.Contains(reason, await RunAsync(1, "import-pb", file, "--data", data));
        Assert.Contains("events.pb: 1 events written", await RunAsync(0, "export-pb", folder.File("out"), "--data", data));
    }

    [Fact]
    public async Task A_missing_store_root_ends_the_start() =>
        Assert.Contains("a folder that exists is needed", await RunAsync(2, "--store-root", "/nowhere/at/all"));

    [ToolFact("python3-grpcio", "sh", "-c", $"{Python} -c 'import grpc'")]
    public async Task With_a_certificate_grpc_is_encrypted()
    {
        using var folder = new TempFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(folder.File("cert.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(folder.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
        await using var mesh = await Standalone.OpenAsync(
            folder.File("mesh.db"), "--grpc-tls-cert", folder.File("cert.pem"), "--grpc-tls-key", folder.File("key.pem"), "--grpc-keep-alive", "1");
        const string Script = """
            import sys, grpc
            credentials = grpc.ssl_channel_credentials(open(sys.argv[2], "rb").read())
            channel = grpc.secure_channel(f"localhost:{sys.argv[1]}", credentials)
            print(list(channel.unary_unary("/grpc.health.v1.Health/Check", bytes, bytes)(b"", timeout=60)))
            """;
        Assert.Equal("[8, 1]", (await Command.RunAsync(folder.Path, Python, "-c", Script, $"{mesh.Grpc.Port}", folder.File("cert.pem"))).Trim());
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_is_refused_by_name()
    {
        using var folder = new TempFolder();
        var said = await RunAsync(2, [.. DoorArguments.AnyPort, "--data", folder.File("mesh.db"), "--grpc-tls-cert", folder.File("none"), "--grpc-tls-key", folder.File("none")]);
        Assert.Contains("--grpc-tls-cert", said);
    }

    /// <summary>A record of the original's: the receive time in front, as the import keeps it, and no payload.</summary>
    private static byte[] Stored(string topic, byte seconds)
    {
        byte[] message = [0x2A, 2, 8, seconds, 0x0A, (byte)topic.Length, .. Encoding.UTF8.GetBytes(topic)];
        var record = new byte[sizeof(uint) + message.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)message.Length);
        message.CopyTo(record, sizeof(uint));
        return record;
    }

    private static async Task<string> RunAsync(int expected, params string[] arguments)
    {
        var (code, output, errors) = await MeshProcess.RunAsync(Standalone.Command(arguments));
        Assert.True(code == expected, $"{code}: {output}{errors}");
        return output + errors;
    }
}
