using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Tests.Framing;
using Mesh.Testing.Grpc;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>What a call's status says to programs.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Facts">Names and values.</param>
internal sealed record StatusFacts(string Reason, IReadOnlyDictionary<string, string> Facts)
{
    public static async Task<StatusFacts> OfAsync(GrpcClientCall call)
    {
        var status = await call.StatusAsync();
        var response = await call.Response;
        HttpResponseHeaders headers = status.InHeaders ? response.Headers : response.TrailingHeaders;
        var text = headers.GetValues("grpc-status-details-bin").Single();
        var details = EncodedFields.Of(ByteString.FromBase64(text + new string('=', (4 - (text.Length % 4)) % 4)));
        var info = EncodedFields.Of(Any.Parser.ParseFrom((ByteString)details[2]).Value).Cast<ByteString>().ToList();
        var facts = info.Skip(2).Select(entry => EncodedFields.Of(entry).Cast<ByteString>().Select(part => part.ToStringUtf8()).ToArray());
        return new StatusFacts(info[0].ToStringUtf8(), facts.ToDictionary(fact => fact[0], fact => fact[1]));
    }
}
