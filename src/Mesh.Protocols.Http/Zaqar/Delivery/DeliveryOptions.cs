using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>The options of a subscription that mean something to the server; others are kept and shown (Zaqar specification, section 1.11).</summary>
/// <param name="Headers">Sent with each call of a webhook.</param>
/// <param name="PostData">What a webhook is sent, with the message in place of a mark; null sends the message.</param>
/// <param name="RetryPolicy">Null when it has none of its own.</param>
/// <param name="From">Sender of mails; null is the server's.</param>
/// <param name="Subject">Subject of mails; null is the address's or the server's.</param>
internal sealed record DeliveryOptions(IReadOnlyList<KeyValuePair<string, string>> Headers, string? PostData, RetryPolicy? RetryPolicy, string? From, string? Subject)
{
    private static readonly DeliveryOptions None = new([], null, null, null, null);

    /// <param name="json">A JSON object.</param>
    /// <exception cref="ZaqarRefusal">An option that is known has the wrong form.</exception>
    public static DeliveryOptions Parse(ReadOnlySpan<byte> json)
    {
        var options = None;
        if (json.IsEmpty) return options;
        var body = new JsonBody(json, 1000);
        body.BeginObject("The options of a subscription");
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            if (name == "post_headers") options = options with { Headers = ReadHeaders(ref body) };
            else if (name == "post_data") options = options with { PostData = body.ReadString("The option post_data") };
            else if (name == "_retry_policy") options = options with { RetryPolicy = RetryPolicy.Parse(body.ReadRaw()) };
            else if (name == "from") options = options with { From = body.ReadString("The option from") };
            else if (name == "subject") options = options with { Subject = body.ReadString("The option subject") };
            else body.Skip();
        }

        return options;
    }

    private static List<KeyValuePair<string, string>> ReadHeaders(scoped ref JsonBody body)
    {
        if (body.Token != JsonTokenType.StartObject) throw ZaqarRefusal.Request("The option post_headers must be a JSON object of strings.");
        var headers = new List<KeyValuePair<string, string>>();
        while (body.Next() && body.Token == JsonTokenType.PropertyName)
        {
            var name = body.ReadText();
            body.Next();
            var value = body.ReadString("A header in the option post_headers");
            if (name.Length == 0 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && !"!#$%&'*+-.^_`|~".Contains(letter)) || value.Any(char.IsControl))
                throw ZaqarRefusal.Request($"The option post_headers names no header of HTTP: '{name}'.");
            headers.Add(new KeyValuePair<string, string>(name, value));
        }

        return headers;
    }
}
