using System.Globalization;
using System.Text;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>The parameters that requests for messages take (Zaqar specification, section 2.2). Unknown ones mean nothing.</summary>
internal sealed class MessageQuery
{
    private readonly int _limitDefault;
    private int? _limit;
    private bool? _echo;
    private bool? _includeClaimed;
    private bool? _includeDelayed;

    private MessageQuery(int limitDefault) => _limitDefault = limitDefault;

    /// <summary>The id after which to list; not checked. Null begins.</summary>
    public string? Marker { get; private set; }

    public List<string> Ids { get; } = [];

    /// <summary>The claim under which to delete; not checked.</summary>
    public string? ClaimId { get; private set; }

    /// <summary>How many messages to take out.</summary>
    public int? Pop { get; private set; }

    /// <summary>How long a list waits for a first message.</summary>
    public TimeSpan Wait { get; private set; }

    /// <exception cref="ZaqarRefusal">A parameter has the wrong form or is out of its bounds.</exception>
    public static MessageQuery Read(ZaqarRequest request, ZaqarOptions options)
    {
        var query = new MessageQuery(options.PageDefault);
        foreach (var parameter in request.Query)
        {
            var value = parameter.DecodeValue().Span;
            if (!value.IsEmpty) query.Take(parameter.DecodeName().Span, value, request.Version, options);
        }

        if (query.Ids.Count > options.ClaimMax) throw ZaqarRefusal.Request($"At most {options.ClaimMax} ids go into one request; there are {query.Ids.Count}.");
        return query;
    }

    public QueueQuery ToMesh(Sequence after, string clientId) => new()
    {
        After = after,
        RecordsMax = _limit ?? _limitDefault,
        ExceptProducer = _echo == true ? null : clientId,
        IncludeClaimed = _includeClaimed == true,
        IncludeDelayed = _includeDelayed == true,
    };

    /// <summary>The same list from a message on: path and query.</summary>
    public string NextPage(ZaqarPaths paths, string queue, MessageId marker)
    {
        var text = new StringBuilder(paths.OfMessages(queue)).Append("?marker=").Append(marker.ToString());
        if (_limit is { } limit) text.Append(CultureInfo.InvariantCulture, $"&limit={limit}");
        Append(text, "echo", _echo);
        Append(text, "include_claimed", _includeClaimed);
        Append(text, "include_delayed", _includeDelayed);
        return text.ToString();
    }

    private void Take(ReadOnlySpan<char> name, ReadOnlySpan<char> value, ApiVersion version, ZaqarOptions options)
    {
        switch (name)
        {
            case "marker":
                Marker = value.ToString();
                break;
            case "limit":
                _limit = ZaqarQuery.Count("limit", value, options.PageMax);
                break;
            case "echo":
                _echo = ZaqarQuery.Flag("echo", value);
                break;
            case "include_claimed":
                _includeClaimed = ZaqarQuery.Flag("include_claimed", value);
                break;
            case "include_delayed" when version.MessagesMayBeDelayed:
                _includeDelayed = ZaqarQuery.Flag("include_delayed", value);
                break;
            case "ids":
                ZaqarQuery.AddIds(Ids, value);
                break;
            case "claim_id":
                ClaimId = value.ToString();
                break;
            case "wait":
                Wait = ZaqarQuery.Wait(value, options.WaitSecondsMax);
                break;
            case "pop" when version.MessagesPop:
                Pop = ZaqarQuery.Count("pop", value, options.ClaimMax);
                break;
        }
    }

    private static void Append(StringBuilder text, string name, bool? flag)
    {
        if (flag is { } value) text.Append('&').Append(name).Append(value ? "=true" : "=false");
    }
}
