namespace Mesh.Protocols.Http.Zaqar;

/// <summary>What a path names.</summary>
internal enum ZaqarResource
{
    Versions,
    Home,
    Ping,
    Health,
    Queues,
    Queue,
    Metadata,
    Stats,
    Messages,
    Message,
    Claims,
    Claim,
    Purge,
    Redrive,
    Share,
    Subscriptions,
    Subscription,
    Confirm,
    Pools,
    Pool,
    Flavors,
    Flavor,
}

/// <summary>A path taken apart (Zaqar specification, section 2). A trailing slash makes another, unknown path.</summary>
/// <param name="Version">In which version; the latest for the list of them.</param>
/// <param name="Resource">What it names.</param>
/// <param name="Queue">The queue; empty where there is none. Not checked.</param>
/// <param name="Id">The message, claim, subscription, pool or flavor; empty where there is none. Not checked.</param>
internal readonly record struct ZaqarRoute(ApiVersion Version, ZaqarResource Resource, string Queue = "", string Id = "")
{
    private const string Get = "GET";
    private const string GetHead = "GET, HEAD";

    /// <summary>The methods of each resource in versions 1, 1.1 and 2; null where the version has no such path.</summary>
    private static readonly (ZaqarResource Resource, string? V1, string? V1_1, string? V2)[] Methods =
    [
        (ZaqarResource.Versions, Get, Get, Get),
        (ZaqarResource.Home, Get, Get, Get),
        (ZaqarResource.Ping, null, GetHead, GetHead),
        (ZaqarResource.Health, GetHead, Get, Get),
        (ZaqarResource.Queues, Get, Get, Get),
        (ZaqarResource.Queue, "GET, HEAD, PUT, DELETE", "GET, PUT, DELETE", "GET, PUT, DELETE, PATCH"),
        (ZaqarResource.Metadata, "GET, PUT", null, null),
        (ZaqarResource.Stats, Get, Get, Get),
        (ZaqarResource.Messages, "GET, POST, DELETE", "GET, POST, DELETE", "GET, POST, DELETE"),
        (ZaqarResource.Message, "GET, DELETE", "GET, DELETE", "GET, DELETE"),
        (ZaqarResource.Claims, "POST", "POST", "POST"),
        (ZaqarResource.Claim, "GET, PATCH, DELETE", "GET, PATCH, DELETE", "GET, PATCH, DELETE"),
        (ZaqarResource.Purge, null, null, "POST"),
        (ZaqarResource.Redrive, null, null, "POST"),
        (ZaqarResource.Share, null, null, "POST"),
        (ZaqarResource.Subscriptions, null, null, "GET, POST"),
        (ZaqarResource.Subscription, null, null, "GET, PATCH, DELETE"),
        (ZaqarResource.Confirm, null, null, "PUT"),
        (ZaqarResource.Pools, Get, Get, Get),
        (ZaqarResource.Pool, "GET, PUT, PATCH, DELETE", "GET, PUT, PATCH, DELETE", "GET, PUT, PATCH, DELETE"),
        (ZaqarResource.Flavors, null, Get, Get),
        (ZaqarResource.Flavor, null, "GET, PUT, PATCH, DELETE", "GET, PUT, PATCH, DELETE"),
    ];

    /// <summary>The value of an Allow header, without OPTIONS.</summary>
    public string Allow => MethodsOf(Version, Resource)!;

    /// <summary>True for what is there only where pools are offered.</summary>
    public bool IsOfPools => Resource is ZaqarResource.Pools or ZaqarResource.Pool or ZaqarResource.Flavors or ZaqarResource.Flavor;

    /// <returns>Null when no resource has this path.</returns>
    public static ZaqarRoute? Match(string path)
    {
        if (path is "/" or "") return new ZaqarRoute(ApiVersion.V2, ZaqarResource.Versions);
        foreach (var version in ApiVersion.All)
        {
            if (!path.StartsWith(version.Paths.Home, StringComparison.Ordinal)) continue;
            return MatchBelow(version, path.AsSpan(version.Paths.Home.Length)) is { } route && MethodsOf(version, route.Resource) is not null ? route : null;
        }

        return null;
    }

    public bool Allows(string method)
    {
        var allow = Allow.AsSpan();
        foreach (var range in allow.Split(", "))
            if (allow[range].SequenceEqual(method)) return true;
        return false;
    }

    private static string? MethodsOf(ApiVersion version, ZaqarResource resource)
    {
        var (_, v1, v1_1, v2) = Methods[(int)resource];
        return version == ApiVersion.V2 ? v2 : version == ApiVersion.V1 ? v1 : v1_1;
    }

    private static ZaqarRoute? MatchBelow(ApiVersion version, ReadOnlySpan<char> rest) => rest switch
    {
        "" => new ZaqarRoute(version, ZaqarResource.Home),
        "ping" => new ZaqarRoute(version, ZaqarResource.Ping),
        "health" => new ZaqarRoute(version, ZaqarResource.Health),
        "queues" => new ZaqarRoute(version, ZaqarResource.Queues),
        "pools" => new ZaqarRoute(version, ZaqarResource.Pools),
        "flavors" => new ZaqarRoute(version, ZaqarResource.Flavors),
        _ when rest.StartsWith("queues/", StringComparison.Ordinal) => MatchQueue(version, rest["queues/".Length..]),
        _ when rest.StartsWith("pools/", StringComparison.Ordinal) => MatchOne(version, ZaqarResource.Pool, rest["pools/".Length..]),
        _ when rest.StartsWith("flavors/", StringComparison.Ordinal) => MatchOne(version, ZaqarResource.Flavor, rest["flavors/".Length..]),
        _ => null,
    };

    private static ZaqarRoute? MatchOne(ApiVersion version, ZaqarResource resource, ReadOnlySpan<char> name) =>
        name.IsEmpty || name.Contains('/') ? null : new ZaqarRoute(version, resource, Id: name.ToString());

    private static ZaqarRoute? MatchQueue(ApiVersion version, ReadOnlySpan<char> rest)
    {
        var slash = rest.IndexOf('/');
        var queue = slash < 0 ? rest : rest[..slash];
        if (queue.IsEmpty) return null;
        if (slash < 0) return new ZaqarRoute(version, ZaqarResource.Queue, queue.ToString());
        rest = rest[(slash + 1)..];
        slash = rest.IndexOf('/');
        var id = slash < 0 ? default : rest[(slash + 1)..];
        var isConfirm = rest.StartsWith("subscriptions/", StringComparison.Ordinal) && id.EndsWith("/confirm", StringComparison.Ordinal);
        if (isConfirm) id = id[..^"/confirm".Length];
        if (slash >= 0 && (id.IsEmpty || id.Contains('/'))) return null;
        ZaqarResource? resource = (slash < 0 ? rest : rest[..slash]) switch
        {
            "messages" => slash < 0 ? ZaqarResource.Messages : ZaqarResource.Message,
            "claims" => slash < 0 ? ZaqarResource.Claims : ZaqarResource.Claim,
            "subscriptions" => isConfirm ? ZaqarResource.Confirm : slash < 0 ? ZaqarResource.Subscriptions : ZaqarResource.Subscription,
            "purge" when slash < 0 => ZaqarResource.Purge,
            "redrive" when slash < 0 => ZaqarResource.Redrive,
            "share" when slash < 0 => ZaqarResource.Share,
            "stats" when slash < 0 => ZaqarResource.Stats,
            "metadata" when slash < 0 => ZaqarResource.Metadata,
            _ => null,
        };
        return resource is { } known ? new ZaqarRoute(version, known, queue.ToString(), id.ToString()) : null;
    }
}
