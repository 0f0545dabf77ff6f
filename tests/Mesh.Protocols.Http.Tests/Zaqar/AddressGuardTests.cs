using System.Net;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Protocols.Http.Zaqar.Delivery;
using Mesh.Testing.Http;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Nobody makes this server call what only it can reach. Two addresses of loopback stand for a public and a private one where connections are made.</summary>
public sealed class AddressGuardTests
{
    private const string Allowed = "127.0.0.1";
    private const string Forbidden = "127.0.0.2";

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:0:10.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:0:7f00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    public void Only_addresses_of_the_public_internet_are_public(string address, bool isPublic) =>
        Assert.Equal(isPublic, AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("0.0.0.0")]
    [InlineData("0")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.1")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("user:password@127.0.0.1")]
    public async Task No_way_of_writing_this_machine_leads_to_it(string host)
    {
        await using var hook = await Webhook.StartAsync();
        using var guarded = new WebhookSender(new ZaqarOptions(), AddressGuard.Public);
        var result = await SendAsync(guarded, new UriBuilder(hook.Url).Uri.ToString().Replace(Allowed, host, StringComparison.Ordinal));
        Assert.Equal(DeliveryOutcome.Failed, result.Outcome);
        Assert.Contains("not allowed", result.Reason, StringComparison.Ordinal);
        Assert.Equal(0, hook.Count);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task A_redirect_leads_on_to_allowed_addresses_only(int status)
    {
        await using var allowed = await Webhook.StartAsync();
        await using var forbidden = await Webhook.StartAsync(address: IPAddress.Parse(Forbidden));
        var target = forbidden.Url;
        await using var front = await Webhook.StartAsync((_, response) =>
        {
            response.StatusCode = status;
            response.Headers.Location = target;
            return Task.CompletedTask;
        });
        using var sender = Guarded((host, _) => throw new InvalidOperationException($"{host} is an address, and not resolved."));
        var refused = await SendAsync(sender, front.Url);
        Assert.Equal(DeliveryOutcome.Failed, refused.Outcome);
        Assert.Contains($"{Forbidden} is at no public address", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(0, forbidden.Count);

        target = allowed.Url;
        Assert.Equal(DeliveryOutcome.Delivered, (await SendAsync(sender, front.Url)).Outcome);
        Assert.Equal(1, allowed.Count);

        using var free = new WebhookSender(new ZaqarOptions(), guard: null);
        target = forbidden.Url;
        Assert.Equal(DeliveryOutcome.Delivered, (await SendAsync(free, front.Url)).Outcome);
        Assert.Equal(1, forbidden.Count);
    }

    [Fact]
    public async Task A_name_that_changes_its_address_between_two_looks_is_looked_up_once()
    {
        await using var forbidden = await Webhook.StartAsync(address: IPAddress.Parse(Forbidden));
        await using var allowed = await Webhook.StartAsync();
        var looks = 0;
        using var sender = Guarded((_, _) => Task.FromResult(new[] { IPAddress.Parse(looks++ == 0 ? Allowed : Forbidden) }));
        Assert.Equal(DeliveryOutcome.Delivered, (await SendAsync(sender, $"http://rebinding.example:{new Uri(allowed.Url).Port}/")).Outcome);
        Assert.Equal((1, 1), (looks, allowed.Count));

        var again = await SendAsync(sender, $"http://rebinding.example:{new Uri(forbidden.Url).Port}/");
        Assert.Equal(DeliveryOutcome.Failed, again.Outcome);
        Assert.Equal((2, 0), (looks, forbidden.Count));
    }

    [Fact]
    public async Task Of_a_name_with_both_kinds_of_addresses_the_forbidden_one_is_not_tried()
    {
        await using var forbidden = await Webhook.StartAsync(address: IPAddress.Parse(Forbidden));
        using var sender = Guarded((_, _) => Task.FromResult(new[] { IPAddress.Parse(Forbidden), IPAddress.Parse(Allowed) }));
        Assert.Equal(DeliveryOutcome.Failed, (await SendAsync(sender, $"http://both.example:{new Uri(forbidden.Url).Port}/")).Outcome);
        Assert.Equal(0, forbidden.Count);
    }

    private static WebhookSender Guarded(Func<string, CancellationToken, Task<IPAddress[]>> resolve) =>
        new(new ZaqarOptions(), new AddressGuard(resolve, address => address.ToString() == Allowed));

    private static Task<DeliveryResult> SendAsync(WebhookSender sender, string url) => sender.SendAsync(
        new("s", StreamName.Queue("q"), url, 60, DateTimeOffset.UnixEpoch, [], true), DeliveryOptions.Parse("{}"u8), "{}"u8.ToArray(), CancellationToken.None);
}
