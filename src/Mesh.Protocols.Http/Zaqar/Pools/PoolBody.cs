using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar.Pools;

/// <summary>What a client says of a pool (Zaqar specification, section 1.13); null is what it does not say.</summary>
/// <param name="Uri">Where its store is.</param>
/// <param name="Weight">Its share of new queues.</param>
/// <param name="Flavor">The flavor it is of; empty for none.</param>
/// <param name="Options">A JSON object.</param>
internal sealed record PoolBody(string? Uri, int? Weight, string? Flavor, byte[]? Options)
{
    public bool SaysNothing => this is { Uri: null, Weight: null, Flavor: null, Options: null };

    /// <exception cref="ZaqarRefusal">It is no JSON object of these fields.</exception>
    public static PoolBody Parse(ReadOnlySpan<byte> json, int depthMax)
    {
        var said = new PoolBody(null, null, null, null);
        var body = new JsonBody(json, depthMax);
        body.BeginObject("The body");
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            if (name == "uri") said = said with { Uri = ReadUri(body) };
            else if (name == "weight") said = said with { Weight = ReadWeight(body) };
            else if (name == "flavor") said = said with { Flavor = body.Token == JsonTokenType.Null ? "" : body.ReadString("The flavor of a pool") };
            else if (name == "options") said = said with { Options = ReadOptions(ref body) };
            else throw ZaqarRefusal.Request($"A pool has uri, weight, flavor and options; the body has '{name}'.");
        }

        body.End();
        if (said.Flavor is { Length: > 0 } flavor && !RequestRules.IsQueueName(flavor)) throw ZaqarRefusal.Request($"'{flavor}' names no flavor.");
        return said;
    }

    private static string ReadUri(in JsonBody body) =>
        body.ReadString("The uri of a pool") is { Length: > 0 } uri ? uri : throw ZaqarRefusal.Request("The uri of a pool must not be empty.");

    private static int ReadWeight(in JsonBody body) =>
        body.ReadInteger() is >= 0 and <= int.MaxValue and var weight ? (int)weight : throw ZaqarRefusal.Request($"The weight of a pool must be an integer from 0 to {int.MaxValue}.");

    private static byte[] ReadOptions(scoped ref JsonBody body) =>
        body.Token == JsonTokenType.StartObject ? body.ReadRaw().ToArray() : throw ZaqarRefusal.Request("The options of a pool must be a JSON object.");
}
