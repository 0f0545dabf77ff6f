using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>The parameters of a list of queues (Zaqar specification, section 1.3). Every one that is not known is a filter: the key of that name in a queue's metadata must have that value.</summary>
internal sealed class QueueListQuery
{
    private static readonly TimeSpan MatchTimeMax = TimeSpan.FromMilliseconds(100);

    private readonly List<(string Key, string Value)> _filters = [];
    private readonly StringBuilder _repeated = new();
    private Regex? _name;

    private QueueListQuery()
    {
    }

    /// <summary>The last name seen; empty begins.</summary>
    public string Marker { get; private set; } = "";

    public int Limit { get; private set; }

    public bool Detailed { get; private set; }

    public bool WithCount { get; private set; }

    public bool IsFiltered => _name is not null || _filters.Count > 0;

    /// <exception cref="ZaqarRefusal">A parameter has the wrong form or is out of its bounds.</exception>
    public static QueueListQuery Read(ZaqarRequest request, ZaqarOptions options)
    {
        var query = new QueueListQuery { Limit = options.PageDefault };
        foreach (var parameter in request.Query)
        {
            var value = parameter.DecodeValue().ToString();
            if (value.Length == 0) continue;
            var name = parameter.DecodeName().ToString();
            if (!request.Version.QueuesAreFiltered && name is not ("marker" or "limit" or "detailed")) continue;
            query.Take(name, value, options);
            if (name != "marker") query._repeated.Append(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}&");
        }

        return query;
    }

    /// <summary>True for a queue that all filters let through.</summary>
    /// <exception cref="ZaqarRefusal">The pattern takes too long.</exception>
    public bool Admits(StreamEntry entry)
    {
        if (_name is not null && !MatchesName(entry.Name.Name)) return false;
        if (_filters.Count == 0) return true;
        var metadata = QueueMetadata.OfStored(entry);
        foreach (var (key, value) in _filters)
            if (!HasValue(metadata, key, value)) return false;
        return true;
    }

    /// <summary>The same list from a queue on: path and query.</summary>
    public string NextPage(ZaqarPaths paths, string marker) => $"{paths.Queues}?{_repeated}marker={Uri.EscapeDataString(marker)}";

    private static bool HasValue(QueueMetadata metadata, string key, string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? metadata.FindInteger(key) == number
            : metadata.FindText(key) == value;

    private bool MatchesName(string name)
    {
        try
        {
            return _name!.IsMatch(name);
        }
        catch (RegexMatchTimeoutException)
        {
            throw ZaqarRefusal.Parameter($"The pattern '{_name}' of the parameter name takes too long; give a simpler one.");
        }
    }

    private void Take(string name, string value, ZaqarOptions options)
    {
        switch (name)
        {
            case "marker":
                Marker = value;
                break;
            case "limit":
                Limit = ZaqarQuery.Count(name, value, options.PageMax);
                break;
            case "detailed":
                Detailed = ZaqarQuery.Flag(name, value);
                break;
            case "with_count":
                WithCount = ZaqarQuery.Flag(name, value);
                break;
            case "name":
                _name = ReadPattern(value);
                break;
            default:
                _filters.Add((name, value));
                break;
        }
    }

    /// <summary>Matched without backtracking, so that no client can make it slow.</summary>
    private static Regex ReadPattern(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeMax);
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw ZaqarRefusal.Parameter($"The parameter name must be a regular expression without look-around and back-references; it is '{pattern}'.");
        }
    }
}
