namespace Mesh.Protocols.Http.Zaqar;

/// <summary>What a path names.</summary>
internal enum ZaqarResource
{
    Versions,
    Home,
    Ping,
    Queues,
    Queue,
    Stats,
    Messages,
    Message,
    Claims,
    Claim,
}

/// <summary>A path taken apart (Zaqar specification, section 2). A trailing slash makes another, unknown path.</summary>
/// <param name="Resource">What it names.</param>
/// <param name="Queue">The queue; empty where there is none. Not checked.</param>
/// <param name="Id">The message or claim; empty where there is none. Not checked.</param>
internal readonly record struct ZaqarRoute(ZaqarResource Resource, string Queue = "", string Id = "")
{
    /// <summary>What every path of version 2 begins with.</summary>
    public const string Prefix = "/v2";

    private const string HomePath = Prefix + "/";
    private const string QueuesPath = Prefix + "/queues";

    /// <summary>The value of an Allow header, without OPTIONS.</summary>
    public string Allow => Resource switch
    {
        ZaqarResource.Ping => "GET, HEAD",
        ZaqarResource.Queue => "GET, PUT, DELETE, PATCH",
        ZaqarResource.Messages => "GET, POST, DELETE",
        ZaqarResource.Message => "GET, DELETE",
        ZaqarResource.Claims => "POST",
        ZaqarResource.Claim => "GET, PATCH, DELETE",
        _ => "GET",
    };

    /// <returns>Null when no resource has this path.</returns>
    public static ZaqarRoute? Match(string path) => path switch
    {
        "/" or "" => new ZaqarRoute(ZaqarResource.Versions),
        HomePath => new ZaqarRoute(ZaqarResource.Home),
        HomePath + "ping" => new ZaqarRoute(ZaqarResource.Ping),
        QueuesPath => new ZaqarRoute(ZaqarResource.Queues),
        _ => path.StartsWith(QueuesPath + "/", StringComparison.Ordinal) ? MatchQueue(path.AsSpan(QueuesPath.Length + 1)) : null,
    };

    public bool Allows(string method)
    {
        var allow = Allow.AsSpan();
        foreach (var range in allow.Split(", "))
            if (allow[range].SequenceEqual(method)) return true;
        return false;
    }

    private static ZaqarRoute? MatchQueue(ReadOnlySpan<char> rest)
    {
        var slash = rest.IndexOf('/');
        var queue = slash < 0 ? rest : rest[..slash];
        if (queue.IsEmpty) return null;
        if (slash < 0) return new ZaqarRoute(ZaqarResource.Queue, queue.ToString());
        rest = rest[(slash + 1)..];
        slash = rest.IndexOf('/');
        var id = slash < 0 ? default : rest[(slash + 1)..];
        if (slash >= 0 && (id.IsEmpty || id.Contains('/'))) return null;
        ZaqarResource? resource = (slash < 0 ? rest : rest[..slash]) switch
        {
            "messages" => slash < 0 ? ZaqarResource.Messages : ZaqarResource.Message,
            "claims" => slash < 0 ? ZaqarResource.Claims : ZaqarResource.Claim,
            "stats" when slash < 0 => ZaqarResource.Stats,
            _ => null,
        };
        return resource is { } known ? new ZaqarRoute(known, queue.ToString(), id.ToString()) : null;
    }
}
