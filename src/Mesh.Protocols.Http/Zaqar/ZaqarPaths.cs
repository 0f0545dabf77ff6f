namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Where things of one version are: absolute paths without a host, as all links of Zaqar. Thread-safe.</summary>
/// <param name="prefix">What every path of the version begins with, without a slash at the end.</param>
internal sealed class ZaqarPaths(string prefix)
{
    public string Prefix { get; } = prefix;

    public string Home { get; } = $"{prefix}/";

    public string Queues { get; } = $"{prefix}/queues";

    public string Pools { get; } = $"{prefix}/pools";

    public string Flavors { get; } = $"{prefix}/flavors";

    public string OfPool(string pool) => $"{Pools}/{pool}";

    public string OfFlavor(string flavor) => $"{Flavors}/{flavor}";

    public string OfQueue(string queue) => $"{Queues}/{queue}";

    public string OfMetadata(string queue) => $"{Queues}/{queue}/metadata";

    public string OfMessages(string queue) => $"{Queues}/{queue}/messages";

    public string OfSubscriptions(string queue) => $"{Queues}/{queue}/subscriptions";

    public string OfSubscription(string queue, string id) => $"{Queues}/{queue}/subscriptions/{id}";

    public string OfClaim(string queue, ClaimId claim) => $"{Queues}/{queue}/claims/{claim}";
}
