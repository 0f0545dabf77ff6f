using System.Text.Json;
using Mesh.Protocols.Http.Zaqar.Delivery;

namespace Mesh.Protocols.Http.Zaqar.Subscriptions;

/// <summary>What a client asks of a subscription, new or there (Zaqar specification, section 1.11).</summary>
/// <param name="Subscriber">Null leaves it as it is.</param>
/// <param name="TtlSeconds">Null leaves it as it is.</param>
/// <param name="Options">A JSON object; null leaves them as they are.</param>
internal sealed record SubscriptionBody(string? Subscriber, long? TtlSeconds, byte[]? Options)
{
    /// <summary>Time to live when nobody says.</summary>
    public const long TtlSecondsDefault = 3600;

    private const long TtlSecondsMin = 60;

    /// <summary>A century; longer ones end beyond what dates can say.</summary>
    private const long TtlSecondsMax = 100L * 366 * 24 * 3600;

    /// <param name="json">What was sent.</param>
    /// <param name="depthMax">Objects and arrays within one another.</param>
    /// <exception cref="ZaqarRefusal">It has another form, or a value is out of its bounds.</exception>
    public static SubscriptionBody Parse(ReadOnlySpan<byte> json, int depthMax)
    {
        var body = new JsonBody(json, depthMax);
        body.BeginObject("The body");
        var parsed = ReadFields(ref body);
        body.End();
        return parsed;
    }

    /// <summary>Reads the fields of the object that was begun; those it does not know mean nothing.</summary>
    /// <exception cref="ZaqarRefusal">A value has another form, or is out of its bounds.</exception>
    public static SubscriptionBody ReadFields(scoped ref JsonBody body)
    {
        var parsed = new SubscriptionBody(null, null, null);
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            if (name == "subscriber") parsed = parsed with { Subscriber = ReadSubscriber(body) };
            else if (name == "ttl") parsed = parsed with { TtlSeconds = ReadTtl(body) };
            else if (name == "options") parsed = parsed with { Options = ReadOptions(ref body) };
            else body.Skip();
        }

        return parsed;
    }

    private static string ReadSubscriber(in JsonBody body)
    {
        var subscriber = body.ReadString("The field subscriber");
        SubscriberUri.Check(subscriber);
        return subscriber;
    }

    private static long ReadTtl(in JsonBody body)
    {
        if (body.ReadInteger() is not { } ttl) throw ZaqarRefusal.Request("The ttl of a subscription must be an integer of seconds.");
        return ttl is >= TtlSecondsMin and <= TtlSecondsMax
            ? ttl
            : throw ZaqarRefusal.Request($"The ttl of a subscription must be {TtlSecondsMin} to {TtlSecondsMax} seconds; it is {ttl}.");
    }

    private static byte[] ReadOptions(scoped ref JsonBody body)
    {
        if (body.Token != JsonTokenType.StartObject) throw ZaqarRefusal.Request("The options of a subscription must be a JSON object.");
        var json = body.ReadRaw().ToArray();
        DeliveryOptions.Parse(json);
        return json;
    }
}
