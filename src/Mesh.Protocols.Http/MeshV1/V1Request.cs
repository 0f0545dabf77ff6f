using Mesh.Addresses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RequestTarget = Mesh.Protocols.Http.Rse.RequestTarget;

namespace Mesh.Protocols.Http.MeshV1;

/// <summary>One request of mesh.v1: who asks about what.</summary>
internal sealed class V1Request
{
    public const string ProjectHeader = "Mesh-Project";
    public const string ProjectParameter = "project";

    private const int ProjectCharsMax = 256;

    private readonly AddressResolver _resolver;

    /// <param name="context">As the server has it; its path base is where the interface is mounted.</param>
    /// <param name="resolver">Finds what addresses name.</param>
    /// <exception cref="V1Refusal">The project is none.</exception>
    public V1Request(HttpContext context, AddressResolver resolver)
    {
        _resolver = resolver;
        Context = context;
        Segments = Split(context);
        Project = ReadProject(context.Request);
    }

    public HttpContext Context { get; }

    public HttpRequest Http => Context.Request;

    public HttpResponse Response => Context.Response;

    public CancellationToken Aborted => Context.RequestAborted;

    public string Project { get; }

    /// <summary>What stands between the slashes of the path, decoded: the address is the second, its slashes were written <c>%2F</c>.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>What the path's address names.</summary>
    /// <exception cref="V1Refusal">It is no address.</exception>
    public AddressedStream Stream => Resolve(Segments[1]);

    /// <exception cref="V1Refusal">The text is no address.</exception>
    public AddressedStream Resolve(string address) =>
        StreamAddress.TryParse(address, out var parsed, out var fault) ? _resolver.Resolve(parsed, Project) : throw V1Refusal.InvalidAddress(fault);

    /// <summary>What the path's address names, as a stream and not a key of one.</summary>
    /// <exception cref="V1Refusal">It is no address, or that of a view.</exception>
    public AddressedStream WholeStream()
    {
        var stream = Stream;
        return stream.Key is null
            ? stream
            : throw V1Refusal.Invalid($"{stream.Address} is a view of a stream and no stream of its own; name {StreamAddress.Of(stream.Stream)} instead.");
    }

    /// <summary>The path of something of a stream.</summary>
    public string PathOf(StreamAddress address, string rest = "") => $"{Http.PathBase}/streams/{Uri.EscapeDataString(address.ToString())}{rest}";

    private static string[] Split(HttpContext context)
    {
        // The server's own reading of the path has lost which slashes were escaped.
        var target = new RequestTarget(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var path = target.Path.ToString();
        var mount = context.Request.PathBase.Value ?? "";
        if (!path.StartsWith(mount, StringComparison.Ordinal)) return [path];
        return [.. path[mount.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
    }

    private static string ReadProject(HttpRequest request)
    {
        var isNamed = request.Headers.TryGetValue(ProjectHeader, out var header);
        if (header.Count > 1) throw V1Refusal.Invalid($"The header {ProjectHeader} is there {header.Count} times; send it once.");
        var project = isNamed ? header.ToString()
            : request.Query.TryGetValue(ProjectParameter, out var parameter) ? parameter.ToString()
            : StreamName.DefaultProject;
        if (project.Length > ProjectCharsMax) throw V1Refusal.Invalid($"A project's name has at most {ProjectCharsMax} characters; this one has {project.Length}.");
        return project.Any(char.IsControl) ? throw V1Refusal.Invalid("A project's name holds no control characters.") : project;
    }
}
