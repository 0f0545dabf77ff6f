using Mesh.Testing;
using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Debian's python-zaqarclient.</summary>
public abstract class PythonClientContract(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    private const string Python = "/usr/bin/python3";

    [ToolFact("python3-zaqarclient", Python, "-c", "import zaqarclient")]
    public async Task Python_zaqarclient_posts_lists_claims_deletes_and_pops()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Zaqar", "zaqar_client.py");
        var seen = await Command.RunAsync(Path.GetTempPath(), Python, script, Door.Address.ToString().TrimEnd('/'), Door.Project);
        Assert.Equal("listed [0, 1, 2]\nclaimed [0, 1] 2\nheld 1 300\npopped [1, 2]\nqueues []\n", seen);
    }
}
