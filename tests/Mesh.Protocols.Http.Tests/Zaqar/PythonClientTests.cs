using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Debian's python-zaqarclient.</summary>
public sealed class PythonClientTests
{
    [ZaqarClientFact]
    public async Task Python_zaqarclient_posts_lists_claims_deletes_and_pops()
    {
        await using var server = await ZaqarServer.StartAsync();
        var seen = await Command.RunAsync(Path.GetTempPath(), "/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Zaqar", "zaqar_client.py"), server.Address.ToString().TrimEnd('/'));
        Assert.Equal("listed [0, 1, 2]\nclaimed [0, 1] 2\nheld 1 300\npopped [1, 2]\nqueues []\n", seen);
    }

    private sealed class ZaqarClientFactAttribute : FactAttribute
    {
        private static readonly Lazy<bool> IsThere = new(() => Command.Works("/usr/bin/python3", "-c", "import zaqarclient"));

        public ZaqarClientFactAttribute() => Skip = IsThere.Value ? null : "Needs python-zaqarclient: apt-get install python3-zaqarclient";
    }
}
