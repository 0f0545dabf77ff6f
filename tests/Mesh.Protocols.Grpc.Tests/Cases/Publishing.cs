namespace Mesh.Protocols.Grpc.Tests.Cases;

public static class Publishing
{
    /// <summary>Publishes events in a stream of their own and waits until they are durable.</summary>
    public static async Task PublishAllAsync(this IProtobusClient client, params CaseEvent[] events)
    {
        await using var publishing = await client.PublishAsync();
        await publishing.SendAsync(events);
        Assert.Equal(new PublishEnd(0, 0, "OK"), await publishing.EndAsync());
    }
}
