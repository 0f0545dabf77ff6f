using Mesh.Testing;
using static Mesh.Protocols.Grpc.Services.Health.HealthCheckResponse.Types;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>Health checks, and what a failing storage makes of them.</summary>
public sealed class HealthTests() : HealthContract(GrpcHost.OpenAsync)
{
    [Fact]
    public async Task A_watch_tells_every_change()
    {
        var clock = new ManualClock();
        var isReady = true;
        await using var host = await GrpcHost.StartAsync(clock: clock, isReady: () => isReady);
        using var watch = await AskAsync(host, "Watch", "");
        Assert.Equal(ServingStatus.Serving, Status(await watch.ReadAsync()));
        foreach (var (next, expected) in new[] { (false, ServingStatus.NotServing), (true, ServingStatus.Serving) })
        {
            isReady = next;
            var reading = watch.ReadAsync();
            await Eventually.TrueAsync(
                () =>
                {
                    clock.Advance(Services.HealthMethods.WatchInterval);
                    return Task.FromResult(reading.IsCompleted);
                },
                "the change is told");
            Assert.Equal(expected, Status(await reading));
        }
    }

    [Fact]
    public async Task A_server_whose_storage_is_away_is_not_serving()
    {
        await using var host = await GrpcHost.StartAsync(isReady: () => false);
        using var call = await AskAsync(host, "Check", "");
        Assert.Equal(ServingStatus.NotServing, Status(await call.ReadAsync()));
    }
}
