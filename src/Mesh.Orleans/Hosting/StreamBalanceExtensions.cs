using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Mesh.Orleans;

/// <summary>
/// Streams that are in use stay on their silo, and a silo that joins gets new ones alone. With this, Orleans' rebalancer moves activations, a part at a time, until
/// all silos bear about the same. A stream that moves commits what it has accepted; who asks meanwhile waits. It counts for all of the program's grains.
/// </summary>
public static class StreamBalanceExtensions
{
    /// <summary>Also before the first look, so that silos that start together have all joined.</summary>
    private static readonly TimeSpan Cycle = TimeSpan.FromSeconds(5);

    /// <summary>Moved in one cycle at most, so that few wait at once.</summary>
    private const int MovedMax = 500;

    /// <summary>On all silos or on none.</summary>
    [Experimental("ORLEANSEXP002")]
    public static ISiloBuilder MoveStreamsToNewSilos(this ISiloBuilder builder)
    {
        builder.Services.Configure<ActivationRebalancerOptions>(options =>
        {
            options.RebalancerDueTime = options.SessionCyclePeriod = Cycle;
            options.ActivationMigrationCountLimit = MovedMax;
        });
        return builder.AddActivationRebalancer();
    }
}
