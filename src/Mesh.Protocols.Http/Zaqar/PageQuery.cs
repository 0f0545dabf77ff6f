namespace Mesh.Protocols.Http.Zaqar;

/// <summary>The parameters of a list whose marker is the last name or id seen.</summary>
/// <param name="Marker">Empty to begin.</param>
/// <param name="Limit">Things on a page.</param>
/// <param name="Detailed">Show what is usually left out.</param>
internal readonly record struct PageQuery(string Marker, int Limit, bool Detailed)
{
    /// <exception cref="ZaqarRefusal">A parameter has the wrong form or is out of its bounds.</exception>
    public static PageQuery Read(ZaqarQuery query, ZaqarOptions options)
    {
        var page = new PageQuery("", options.PageDefault, false);
        foreach (var parameter in query)
        {
            var value = parameter.DecodeValue().Span;
            if (value.IsEmpty) continue;
            page = parameter.DecodeName().Span switch
            {
                "marker" => page with { Marker = value.ToString() },
                "limit" => page with { Limit = ZaqarQuery.Count("limit", value, options.PageMax) },
                "detailed" => page with { Detailed = ZaqarQuery.Flag("detailed", value) },
                _ => page,
            };
        }

        return page;
    }

    /// <summary>The same list from here on: path and query.</summary>
    /// <param name="path">Of the list.</param>
    /// <param name="last">The last name or id on this page.</param>
    public string Next(string path, string last) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}?limit={Limit}{(Detailed ? "&detailed=true" : "")}&marker={Uri.EscapeDataString(last)}");
}
