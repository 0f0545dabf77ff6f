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
        var seen = await RunAsync("zaqar_client.py");
        Assert.Equal("listed [0, 1, 2]\nclaimed [0, 1] 2\nheld 1 300\npopped [1, 2]\nqueues []\n", seen);
    }

    [ToolFact("python3-zaqarclient", Python, "-c", "import zaqarclient")]
    public async Task Python_zaqarclient_claims_work_on_topics_in_every_version()
    {
        var seen = await RunAsync("zaqar_address.py");
        Assert.Equal(string.Concat(Enumerable.Repeat("listed [0, 1]\nclaimed [0, 1] 2\nheld [1] 300\nagain [1, 2]\nkept [0, 1, 2]\n", 3)), seen);
    }

    private Task<string> RunAsync(string script) =>
        Command.RunAsync(Path.GetTempPath(), Python, Path.Combine(AppContext.BaseDirectory, "Zaqar", script), Door.Address.ToString().TrimEnd('/'), Door.Project);
}
