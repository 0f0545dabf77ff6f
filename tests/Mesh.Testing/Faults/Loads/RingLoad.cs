namespace Mesh.Testing.Faults.Loads;

/// <summary>Adds to a ring by XADD.</summary>
public sealed class RingLoad(History history, IReadOnlyList<OpenDoors> servers, string ring, string producer)
    : DoorLoad(history, servers, $"ring:{ring}", producer)
{
    private RespWire? _wire;

    protected override async Task SendAsync(Send send)
    {
        _wire ??= await RespWire.ConnectAsync(Server.Resp);
        switch (await _wire.AskAsync("XADD", ring, "*", "message", send.Message.ToString()))
        {
            case string:
                send.Acknowledged();
                break;
            case RespError error when error.Text.StartsWith("BUSY ", StringComparison.Ordinal):
                send.Refused();
                break;
        }
    }

    protected override void Disconnect()
    {
        _wire?.DisposeAsync().AsTask().Wait();
        _wire = null;
    }
}
