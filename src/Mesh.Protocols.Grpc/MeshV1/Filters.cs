using Mesh.Addresses;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Makes filters of requests.</summary>
internal static class Filters
{
    /// <param name="stream">What the request names: a view has a key.</param>
    /// <param name="filter">What it asks for beside; null for nothing.</param>
    /// <exception cref="Framing.GrpcException">INVALID_ARGUMENT: a bound is broken.</exception>
    public static RecordFilter Of(AddressedStream stream, V1.Filter? filter)
    {
        try
        {
            return filter is null
                ? new RecordFilter(stream.Key, null, [])
                : new RecordFilter(stream.Key, filter.KeyPattern.Length == 0 ? null : filter.KeyPattern, [.. filter.Tags]);
        }
        catch (ArgumentException wrong)
        {
            throw Names.Wrong($"filter: {wrong.Message}");
        }
    }
}
