using Mesh.Protocols.Http.Zaqar.Delivery;
using Mesh.Protocols.Http.Zaqar.Sockets;
using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>What a single subscriber may not do to the server, and the server not to it.</summary>
public sealed class SubscriberTests
{
    [Theory]
    [InlineData("http://user:secret@host.example:81/hooks/secret?token=secret", "http://host.example:81/…")]
    [InlineData("https://host.example", "https://host.example")]
    [InlineData("https://host.example?token=secret", "https://host.example/…")]
    [InlineData("mailto:name@host.example", "mailto:name@host.example")]
    public void What_a_webhook_may_keep_secret_is_in_no_log(string subscriber, string shown) => Assert.Equal(shown, SubscriberUri.Shown(subscriber));

    [Fact]
    public async Task A_push_that_a_client_does_not_read_ends()
    {
        var registry = new SocketRegistry(TimeSpan.FromMilliseconds(10));
        var socket = Guid.NewGuid();
        registry.Add(socket, (_, end) => Task.Delay(Timeout.InfiniteTimeSpan, end));
        var subscription = new Subscription("id", StreamName.Queue("q"), SubscriberUri.OfSocket(socket), 300, DateTimeOffset.UnixEpoch, [], Confirmed: true);
        var result = await registry.SendAsync(subscription, DeliveryOptions.Parse([]), default, CancellationToken.None);
        Assert.Equal(DeliveryOutcome.Failed, result.Outcome);
    }
}
