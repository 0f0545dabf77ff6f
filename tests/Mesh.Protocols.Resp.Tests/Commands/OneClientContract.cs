using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Base of the suites in which one client is connected from the start.</summary>
public abstract class OneClientContract(Func<Task<RespDoor>> open) : DoorContract<RespDoor>(open)
{
    protected RespWire Client { get; private set; } = null!;

    protected static object?[] Reply(params object?[] items) => items;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Client = await Door.ConnectAsync();
    }

    public override async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        await base.DisposeAsync();
    }
}
