namespace Mesh.Testing.Faults.Loads;

/// <summary>Follows a ring by XREAD from its start, goes on behind the last entry it saw when a process does not answer, and notes what it sees.</summary>
public sealed class RingFollower(Reading reading, IReadOnlyList<OpenDoors> servers, string ring)
{
    private readonly NextDoors _doors = new(servers);
    private string _after = "0-0";

    public async Task RunAsync(CancellationToken stop)
    {
        for (; !stop.IsCancellationRequested; _doors.MoveOn())
        {
            try
            {
                await using var wire = await RespWire.ConnectAsync(_doors.Current.Resp);
                while (!stop.IsCancellationRequested && await FollowAsync(wire))
                {
                }
            }
            catch (Exception failure) when (NextDoors.IsLost(failure))
            {
                await NextDoors.PauseAsync();
            }
        }
    }

    /// <returns>False when the server answered with an error.</returns>
    private async Task<bool> FollowAsync(RespWire wire)
    {
        var answer = await wire.AskAsync("XREAD", "COUNT", "1000", "BLOCK", "200", "STREAMS", ring, _after).WaitAsync(NextDoors.AnswerMax, CancellationToken.None);
        if (answer is RespError) return false;
        if (answer is not object?[] streams) return true;
        foreach (object?[] entry in ((object?[])((object?[])streams[0]!)[1]!).Cast<object?[]>())
        {
            _after = (string)entry[0]!;
            reading.Saw(MessageId.Parse((string)((object?[])entry[1]!)[1]!));
        }

        return true;
    }
}
