namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Where things are: absolute paths without a host, as all links of Zaqar.</summary>
internal static class ZaqarPaths
{
    public const string Queues = $"{ZaqarRoute.Prefix}/queues";

    public static string OfQueue(string queue) => $"{Queues}/{queue}";

    public static string OfMessages(string queue) => $"{Queues}/{queue}/messages";

    public static string OfClaim(string queue, ClaimId claim) => $"{Queues}/{queue}/claims/{claim}";
}
