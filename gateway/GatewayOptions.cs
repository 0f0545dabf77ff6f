using Mesh.Hosting.Doors;
using Mesh.Hosting.Options;

namespace Mesh.Gateway;

/// <summary>Everything a user can set of a gateway.</summary>
public sealed record GatewayOptions : DoorOptions
{
    /// <summary>The options as users see them.</summary>
    public static readonly OptionTable<GatewayOptions> Table = new(
        "gateway",
        "Mesh: a gateway, six doors to the streams of a cluster.",
        [
            .. AddressesOf<GatewayOptions>(),
            .. ClusterSettings.Of<GatewayOptions>((options, change) => options with { Cluster = change(options.Cluster) }),
            new("silo-wait", "seconds", "60", "how long a silo is waited for at start; 1 to 3600",
                (options, text) => options with { SiloWait = TimeSpan.FromSeconds(OptionText.Number(text, 1, 3600)) }),
            .. BoundsOf<GatewayOptions>(),
            .. Of<GatewayOptions>(),
        ],
        Check);

    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>Default 60 s; 1 s to an hour.</summary>
    public TimeSpan SiloWait { get; init; } = TimeSpan.FromSeconds(60);

    public override string Data { get; init; } = "";

    private static void Check(GatewayOptions options)
    {
        DoorOptions.Check(options);
        ClusterSettings.Check(options);
    }
}
