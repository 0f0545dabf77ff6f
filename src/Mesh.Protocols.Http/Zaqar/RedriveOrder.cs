using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Which dead letters are to go back, and where.</summary>
internal sealed record RedriveOrder
{
    /// <summary>Just these; null means all that the rest does not exclude.</summary>
    public List<string>? Ids { get; private set; }

    /// <summary>Only messages that come from this queue.</summary>
    public string? From { get; private set; }

    /// <summary>Only messages whose body has at least this.</summary>
    public JsonElement? Body { get; private set; }

    /// <summary>The queue they go to; null sends each where it comes from.</summary>
    public string? To { get; private set; }

    /// <summary>Their new life in seconds; null gives them the default of the queue they go to.</summary>
    public int? TtlSeconds { get; private set; }

    /// <summary>Begin behind this message.</summary>
    public Sequence Marker { get; private set; }

    /// <summary>Reads <c>{ids?, from?, body?, to?, ttl?, marker?}</c>; nothing at all means all.</summary>
    /// <exception cref="ZaqarRefusal">It has another form.</exception>
    public static RedriveOrder Parse(ReadOnlySpan<byte> json, ZaqarOptions options)
    {
        var order = new RedriveOrder();
        if (json.IsEmpty) return order;
        var body = new JsonBody(json, options.JsonDepthMax);
        body.BeginObject("The body");
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            order.Take(name, ref body, options);
        }

        body.End();
        if (order.Ids is not null && (order.From is not null || order.Body is not null || order.Marker > Sequence.None))
            throw ZaqarRefusal.Request("The body takes either ids, or from, body and marker.");
        return order;
    }

    private void Take(string name, scoped ref JsonBody body, ZaqarOptions options)
    {
        switch (name)
        {
            case "ids":
                Ids = body.ReadTexts("ids");
                if (Ids.Count == 0 || Ids.Count > options.ClaimMax) throw ZaqarRefusal.Request($"The field ids takes 1 to {options.ClaimMax} ids; there are {Ids.Count}.");
                break;
            case "from":
                From = body.ReadString("from");
                break;
            case "body":
                using (var wanted = JsonDocument.Parse(body.ReadRaw().ToArray(), new JsonDocumentOptions { MaxDepth = options.JsonDepthMax })) Body = wanted.RootElement.Clone();
                break;
            case "to":
                To = body.ReadString("to");
                break;
            case "ttl":
                TtlSeconds = ReadTtl(body, options);
                break;
            case "marker":
                Marker = MessageId.TryParse(body.ReadString("marker"), out var id) ? id.Sequence : throw ZaqarRefusal.Request("The field marker must be the id of a message.");
                break;
            default:
                throw ZaqarRefusal.Request($"The body takes ids, from, body, to, ttl and marker; it has {name}.");
        }
    }

    private static int ReadTtl(in JsonBody body, ZaqarOptions options) =>
        body.ReadInteger() is { } seconds && seconds >= options.MessageTtlSecondsMin && seconds <= options.MessageTtlSecondsMax
            ? (int)seconds
            : throw ZaqarRefusal.Request($"The field ttl must be an integer of {options.MessageTtlSecondsMin} to {options.MessageTtlSecondsMax} seconds.");
}
