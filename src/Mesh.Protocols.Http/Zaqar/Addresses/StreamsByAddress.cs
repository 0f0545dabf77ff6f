using Mesh.Addresses;

namespace Mesh.Protocols.Http.Zaqar.Addresses;

/// <summary>Finds what requests name by an address instead of a queue's name. Thread-safe.</summary>
internal sealed class StreamsByAddress(IMesh mesh, AddressResolver resolver, TimeProvider clock)
{
    /// <summary>The request as it is when its path names a stream by its address; the address of a queue is another spelling of its name.</summary>
    /// <exception cref="ZaqarRefusal">It begins like an address and is none, or asks for what only queues can.</exception>
    public ZaqarRequest Find(ZaqarRequest request)
    {
        if (QueueAddress.Of(request.Context, request.QueueName) is not { } named) return request;
        if (named.Address.Kind == AddressKind.Queue) return request with { Route = request.Route with { Queue = named.Address.Name } };
        var stream = resolver.Resolve(named.Address, request.Project);
        AddressedRules.Check(request.Route, request.Context.Request.Method, stream);
        return request with { Route = request.Route with { Queue = named.Segment }, Addressed = new AddressedQueue(stream, mesh.Catalogue, clock) };
    }
}
